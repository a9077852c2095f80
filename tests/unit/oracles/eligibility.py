"""Eligibility for a waived fee in plain Python, written from the policies and not from the SQL.

Belongs here: the decision on one line under one policy version, and the state of its claim. Does
not belong here: anything that reads the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose service has ended, with what is known of it beside."""

    line_kind: str
    is_own_brand: bool
    activated_on: date
    terminated_on: date
    termination_kind: str
    last_device_change_on: date | None = None
    last_recontract_on: date | None = None
    rejoined_on: date | None = None
    is_exposed: bool = False
    is_payment_victim: bool = False
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim for a refund, Korean time."""

    claimed_at: datetime
    payee_is_owner: bool
    obstacle_ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of ref_policy_rules."""

    rule_order: int
    rule_code: str
    threshold: str | None
    reason_code: str


@dataclass(frozen=True, slots=True)
class Path:
    """Days of termination covered, both ends included; no end means open."""

    name: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Version:
    """A policy version with all its parts."""

    policy_id: str
    policy_version: str
    known_from: date
    is_binding: bool
    claim_closes_at: datetime | None
    obstacle_days: int | None
    rules: tuple[Rule, ...]
    paths: tuple[Path, ...]


def path_of(line: Line, version: Version) -> str | None:
    """Name the path the termination lies in, if any."""
    for path in version.paths:
        if path.first <= line.terminated_on <= (path.last or date.max):
            return path.name
    return None


def _happened_in_time(happened: date | None, since: str | None, until: date) -> bool:
    if happened is None or since is None:
        return False
    return date.fromisoformat(since) <= happened <= until


def is_broken(rule: Rule, line: Line, version: Version) -> bool:
    """Does the line break the rule? Raises KeyError for a rule the oracle does not know."""
    codes = (rule.threshold or "").split("|")
    signs = {
        sign
        for sign, shown in (("exposure", line.is_exposed), ("payment", line.is_payment_victim))
        if shown
    }
    broken = {
        "termination_not_forced": lambda: line.termination_kind in codes,
        "line_kind_covered": lambda: line.line_kind not in codes,
        "own_brand_line": lambda: not line.is_own_brand,
        "terminated_in_window": lambda: path_of(line, version) is None,
        "in_service_at_base_date": lambda: line.activated_on > date.fromisoformat(codes[0]),
        "device_unchanged": lambda: _happened_in_time(
            line.last_device_change_on, rule.threshold, line.terminated_on
        ),
        "not_recontracted": lambda: _happened_in_time(
            line.last_recontract_on, rule.threshold, line.terminated_on
        ),
        "not_rejoined": lambda: (
            line.rejoined_on is not None and line.rejoined_on <= date.fromisoformat(codes[0])
        ),
        "confirmed_victim": lambda: not signs & set(codes),
        "waiver_not_discount": lambda: line.choice in codes,
    }
    return broken[rule.rule_code]()


def reason(line: Line, version: Version) -> str:
    """Reason of the first rule broken in the order of the version, or `eligible`."""
    for rule in sorted(version.rules, key=lambda rule: rule.rule_order):
        if is_broken(rule, line, version):
            return rule.reason_code
    return "eligible"


def claim_status(claim: Claim | None, version: Version) -> str:
    """State of a claim by the deadline of the version."""
    if claim is None:
        return "not_claimed"
    if not claim.payee_is_owner:
        return "wrong_account"
    if version.claim_closes_at is None or claim.claimed_at <= version.claim_closes_at:
        return "in_time"
    if claim.obstacle_ended_on is not None and version.obstacle_days is not None:
        last = claim.obstacle_ended_on + timedelta(days=version.obstacle_days)
        if claim.claimed_at.date() <= last:
            return "excused_by_obstacle"
    return "late"


def current(versions: Sequence[Version], as_of: date) -> dict[str, Version]:
    """Name the newest binding version of each policy known on a day."""
    known = [version for version in versions if version.is_binding and version.known_from <= as_of]
    known.sort(key=lambda version: (version.known_from, version.policy_version))
    return {version.policy_id: version for version in known}
