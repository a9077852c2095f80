"""Lines and claims as inputs of the models, and what each policy version says of them.

Belongs here: the versions of the register as the oracle reads them, cases as rows, decisions of
SQL and oracle side by side. Does not belong here: which cases are tried.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.unit.oracles import eligibility
from tests.unit.oracles.fees_and_eligibility_sql import run_models, seed_rows

INCIDENT = {row["programme_id"]: row["incident_id"] for row in seed_rows("ref_programmes")}
LAST_DAY = "2026-03-31"


def at(moment: str) -> datetime:
    """A moment in Korean time, as the exports write it."""
    return datetime.fromisoformat(moment)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _of(name: str, policy: dict[str, Any]) -> list[dict[str, Any]]:
    key = (policy["policy_id"], policy["policy_version"])
    return [row for row in seed_rows(name) if (row["policy_id"], row["policy_version"]) == key]


VERSIONS = [
    eligibility.Version(
        policy_id=policy["policy_id"],
        policy_version=policy["policy_version"],
        known_from=date.fromisoformat(policy["known_from"]),
        is_binding=policy["is_binding"] == "true",
        claim_closes_at=(
            datetime.fromisoformat(policy["claim_closes_at"]) if policy["claim_closes_at"] else None
        ),
        obstacle_days=int(policy["obstacle_days"]) if policy["obstacle_days"] else None,
        rules=tuple(
            eligibility.Rule(
                int(row["rule_order"]), row["rule_code"], row["threshold"], row["reason_code"]
            )
            for row in _of("ref_policy_rules", policy)
        ),
        paths=tuple(
            eligibility.Path(
                row["path"],
                date.fromisoformat(row["terminated_from"]),
                _day(row["terminated_to"]),
            )
            for row in _of("ref_policy_paths", policy)
        ),
    )
    for policy in seed_rows("ref_policies")
]
BY_NAME = {version.policy_version: version for version in VERSIONS}
TERMS = "terms-2026-01-14"
EXTENDED = "extended-2026-02-10"
CLAIMED_POLICIES = {
    row["policy_id"] for row in seed_rows("ref_policies") if row["claim_source"] == "waiver_claims"
}

#: The order in which a decision lists the rules it finds broken.
IMPLEMENTED = (
    "termination_not_forced",
    "line_kind_covered",
    "own_brand_line",
    "terminated_in_window",
    "in_service_at_base_date",
    "device_unchanged",
    "not_recontracted",
    "not_rejoined",
    "confirmed_victim",
    "waiver_not_discount",
)

Case = tuple[eligibility.Line, eligibility.Claim | None]


def inputs_of(cases: list[Case]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the inputs that hold the cases; the place of a case is its line_key."""
    (incident_id,) = set(INCIDENT.values())
    lines, claims, victims = [], [], []
    for key, (line, claim) in enumerate(cases):
        lines.append(
            (
                *(key, line.line_kind, "KT" if line.is_own_brand else "KTM", line.is_own_brand),
                *(line.activated_on, line.last_device_change_on, line.last_recontract_on),
                *(line.rejoined_on, line.terminated_on, line.termination_kind),
            )
        )
        if claim:
            claims.append(
                (
                    *(f"W{key}", key, claim.claimed_at, claim.payee_is_owner),
                    *(claim.obstacle_ended_on, "accepted", None),
                )
            )
        if line.is_exposed or line.is_payment_victim or line.choice:
            chosen_on = date(2025, 11, 5) if line.choice else None
            victims.append(
                (
                    *(incident_id, key, line.is_exposed, line.is_payment_victim),
                    *(date(2025, 9, 11), line.choice, chosen_on),
                )
            )
    return {
        "staging.stg_operator__lines": lines,
        "staging.stg_operator__waiver_claims": claims,
        "intermediate.int_incident_victims": victims,
    }


def decisions(cases: list[Case], as_of: str = LAST_DAY) -> dict[tuple[str, int], dict[str, object]]:
    """Decisions by the SQL, by policy version and place of the case."""
    (rows,) = run_models(as_of, inputs_of(cases), ["fct_waiver_decisions"])
    found = {(row["policy_version"], row["line_key"]): row for row in rows}
    assert len(found) == len(rows)
    return found


NEAR = [
    date(2025, 8, 31),
    date(2025, 9, 1),
    date(2025, 9, 7),
    date(2025, 9, 8),
    date(2025, 10, 20),
    date(2025, 10, 21),
    date(2025, 12, 29),
    date(2025, 12, 30),
    date(2025, 12, 31),
    date(2026, 1, 8),
    date(2026, 1, 9),
    date(2026, 1, 13),
    date(2026, 1, 14),
]
DEADLINES = [version.claim_closes_at for version in VERSIONS if version.claim_closes_at]


def expected(case: Case, version: eligibility.Version) -> dict[str, object]:
    """What a version decides on a case, by the oracle."""
    line, claim = case
    why = eligibility.reason(line, version)
    status = eligibility.claim_status(
        claim if version.policy_id in CLAIMED_POLICIES else None, version
    )
    broken = {
        rule.rule_code for rule in version.rules if eligibility.is_broken(rule, line, version)
    }
    return {
        "path": eligibility.path_of(line, version),
        "reason_code": why,
        "is_eligible": why == "eligible",
        "broken_rules": "|".join(code for code in IMPLEMENTED if code in broken),
        "claim_status": status,
        "is_payable": why == "eligible" and status in {"in_time", "excused_by_obstacle"},
    }
