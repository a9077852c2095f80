"""Termination fees in plain Python, written from the rules and not from the SQL.

Belongs here: what a contract owes by the dated rules of the reference seeds, exactly, in fractions.
Does not belong here: anything that reads the warehouse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class FeeRule:
    """One row of ref_fee_rules; money in won, periods in days or months."""

    rule_id: str
    contract_kind: str
    brand_class: str
    term_months: int
    valid_from: date
    valid_to: date | None
    method: str
    base_amount: str
    grace_days: int
    days_per_month: int
    step_table_id: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One row of ref_fee_steps: a whole percent for each of some months."""

    step_table_id: str
    from_month: int
    to_month: int
    rate_percent: int


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of a line; ended_on is empty while it has not ended by itself."""

    contract_kind: str
    signed_on: date
    term_months: int
    term_days: int
    monthly_discount_krw: int
    subsidy_krw: int
    ended_on: date | None


def rule_in_force(contract: Contract, brand_class: str, rules: Sequence[FeeRule]) -> FeeRule | None:
    """Find the rule of the day of signing; raises ValueError if rules overlap."""
    found = [
        rule
        for rule in rules
        if (rule.contract_kind, rule.brand_class, rule.term_months)
        == (contract.contract_kind, brand_class, contract.term_months)
        and rule.valid_from <= contract.signed_on
        and (rule.valid_to is None or contract.signed_on < rule.valid_to)
    ]
    if len(found) > 1:
        raise ValueError(f"overlapping rules {[rule.rule_id for rule in found]}")
    return found[0] if found else None


def fee_owed(
    contract: Contract,
    terminated_on: date,
    rule: FeeRule | None,
    steps: Sequence[Step],
) -> int | None:
    """Whole won owed for leaving on a day; None where a fee may be owed and no rule says it."""
    days = (terminated_on - contract.signed_on).days
    ended_before = contract.ended_on is not None and contract.ended_on < terminated_on
    if ended_before or days < 0 or days >= contract.term_days:
        return 0
    if rule is None:
        return None
    months = min(days // rule.days_per_month, contract.term_months)
    if rule.method == "step_table":
        owed = Fraction(0)
        for month in range(1, months + 1):
            for step in steps:
                of_this_table = step.step_table_id == rule.step_table_id
                if of_this_table and step.from_month <= month <= step.to_month:
                    owed += Fraction(contract.monthly_discount_krw * step.rate_percent, 100)
        return max(0, math.floor(owed))
    base = (
        contract.subsidy_krw
        if rule.base_amount == "subsidy"
        else contract.monthly_discount_krw * months
    )
    if days <= rule.grace_days:
        return base
    left = Fraction(contract.term_days - days, contract.term_days - rule.grace_days)
    return math.floor(base * left)
