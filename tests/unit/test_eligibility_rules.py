"""The eligibility SQL against an independent oracle, on generated lines and on every boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles import eligibility
from tests.unit.oracles.eligibility_cases import (
    BY_NAME,
    CLAIMED_POLICIES,
    DEADLINES,
    EXTENDED,
    LAST_DAY,
    NEAR,
    TERMS,
    VERSIONS,
    Case,
    at,
    decisions,
    inputs_of,
)
from tests.unit.oracles.fees_and_eligibility_sql import run_models

some_day = st.one_of(st.sampled_from(NEAR), st.dates(date(2025, 6, 1), date(2026, 3, 1)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Lines that keep or break any mix of rules, claimed or not, near the days that matter."""
    rarely = st.integers(0, 5).map(lambda number: number == 0)
    terminated_on = draw(some_day)
    line = eligibility.Line(
        line_kind=draw(st.sampled_from(["handset"] * 4 + ["second_device", "iot", "prepaid"])),
        is_own_brand=not draw(rarely),
        activated_on=min(draw(some_day), terminated_on),
        terminated_on=terminated_on,
        termination_kind=draw(
            st.sampled_from(["port_out", "port_out", "voluntary", "forced", "deceased"])
        ),
        last_device_change_on=draw(some_day) if draw(rarely) else None,
        last_recontract_on=draw(some_day) if draw(rarely) else None,
        rejoined_on=draw(some_day) if draw(rarely) else None,
        is_exposed=draw(rarely),
        is_payment_victim=draw(rarely),
        choice=draw(st.sampled_from([None, None, None, "discount"])),
    )
    if not draw(st.booleans()):
        return line, None
    claimed_at = draw(
        st.one_of(
            st.builds(
                lambda deadline, seconds: deadline + timedelta(seconds=seconds),
                st.sampled_from(DEADLINES),
                st.integers(-1, 1),
            ),
            st.datetimes(at("2026-01-14 09:00:00"), at("2026-07-31 00:00:00")).map(
                lambda moment: moment.replace(microsecond=0)
            ),
        )
    )
    obstacle = draw(st.one_of(st.none(), st.integers(-1, 16)))
    return line, eligibility.Claim(
        claimed_at=claimed_at,
        payee_is_owner=not draw(rarely),
        obstacle_ended_on=(
            None if obstacle is None else claimed_at.date() - timedelta(days=obstacle)
        ),
    )


@settings(max_examples=8, deadline=None)
@given(st.lists(cases(), min_size=20, max_size=100))
def test_sql_and_oracle_agree_on_generated_lines(generated: list[Case]) -> None:
    found = decisions(generated)
    assert len(found) == len(generated) * len(VERSIONS)
    for version in VERSIONS:
        for key, (line, claim) in enumerate(generated):
            decision = found[version.policy_version, key]
            why = eligibility.reason(line, version)
            taken = claim if version.policy_id in CLAIMED_POLICIES else None
            status = eligibility.claim_status(taken, version)
            assert decision["reason_code"] == why, (version.policy_version, line)
            assert decision["is_eligible"] == (why == "eligible")
            assert decision["path"] == eligibility.path_of(line, version)
            assert decision["claim_status"] == status, (version.policy_version, claim)
            assert decision["is_payable"] == (
                why == "eligible" and status in {"in_time", "excused_by_obstacle"}
            )


@settings(max_examples=4, deadline=None)
@given(st.lists(cases(), min_size=10, max_size=60))
def test_the_trace_shows_every_rule_of_a_claimed_line(generated: list[Case]) -> None:
    (rows,) = run_models(LAST_DAY, inputs_of(generated), ["fct_waiver_rule_results"])
    found = {(row["policy_version"], row["line_key"], row["rule_code"]): row for row in rows}
    assert len(found) == len(rows)
    version = BY_NAME[EXTENDED]
    for key, (line, claim) in enumerate(generated):
        if claim is None and eligibility.path_of(line, version) is None:
            continue
        for rule in version.rules:
            result = found[EXTENDED, key, rule.rule_code]
            assert result["passed"] != eligibility.is_broken(rule, line, version), (rule, line)
            assert result["threshold"] == rule.threshold


PLAIN = eligibility.Line(
    line_kind="handset",
    is_own_brand=True,
    activated_on=date(2020, 1, 1),
    terminated_on=date(2026, 1, 5),
    termination_kind="port_out",
)
VICTIM = replace(PLAIN, is_payment_victim=True)


@pytest.mark.parametrize(
    ("version", "line", "reason"),
    [
        (TERMS, PLAIN, "eligible"),
        # 31 August 24:00 and 1 September 00:00, in each reading.
        (TERMS, replace(PLAIN, activated_on=date(2025, 8, 31)), "eligible"),
        (TERMS, replace(PLAIN, activated_on=date(2025, 9, 1)), "not_in_service_at_base_date"),
        (
            "announced-2025-12-30-inclusive",
            replace(PLAIN, activated_on=date(2025, 9, 1)),
            "eligible",
        ),
        (
            "announced-2025-12-30-inclusive",
            replace(PLAIN, activated_on=date(2025, 9, 2)),
            "not_in_service_at_base_date",
        ),
        (
            "announced-2025-12-30-exclusive",
            replace(PLAIN, activated_on=date(2025, 9, 1)),
            "not_in_service_at_base_date",
        ),
        ("draft-2025-12-29", replace(PLAIN, activated_on=date(2025, 9, 7)), "eligible"),
        (
            "draft-2025-12-29",
            replace(PLAIN, activated_on=date(2025, 9, 8)),
            "not_in_service_at_base_date",
        ),
        # First and last day of the paths.
        (TERMS, replace(PLAIN, terminated_on=date(2025, 8, 31)), "outside_window"),
        (TERMS, replace(PLAIN, terminated_on=date(2025, 9, 1)), "eligible"),
        (TERMS, replace(PLAIN, terminated_on=date(2026, 1, 13)), "eligible"),
        (TERMS, replace(PLAIN, terminated_on=date(2026, 1, 14)), "outside_window"),
        ("draft-2025-12-29", replace(PLAIN, terminated_on=date(2025, 12, 29)), "outside_window"),
        ("draft-2025-12-29", replace(PLAIN, terminated_on=date(2025, 12, 30)), "eligible"),
        ("draft-2025-12-29", replace(PLAIN, terminated_on=date(2026, 1, 8)), "eligible"),
        ("draft-2025-12-29", replace(PLAIN, terminated_on=date(2026, 1, 9)), "outside_window"),
        # Changes of device and contract, on the day they begin to count and on the last.
        (TERMS, replace(PLAIN, last_device_change_on=date(2025, 8, 31)), "eligible"),
        (TERMS, replace(PLAIN, last_device_change_on=date(2025, 9, 1)), "device_changed"),
        (TERMS, replace(PLAIN, last_device_change_on=date(2026, 1, 5)), "device_changed"),
        (TERMS, replace(PLAIN, last_device_change_on=date(2026, 1, 6)), "eligible"),
        (TERMS, replace(PLAIN, last_recontract_on=date(2025, 8, 31)), "eligible"),
        (TERMS, replace(PLAIN, last_recontract_on=date(2025, 9, 1)), "recontracted"),
        (TERMS, replace(PLAIN, rejoined_on=date(2026, 1, 13)), "rejoined"),
        (TERMS, replace(PLAIN, rejoined_on=date(2026, 1, 14)), "eligible"),
        # Kinds of line, brand and end.
        (TERMS, replace(PLAIN, line_kind="second_device"), "eligible"),
        (TERMS, replace(PLAIN, line_kind="iot"), "line_kind_excluded"),
        (TERMS, replace(PLAIN, line_kind="prepaid"), "line_kind_excluded"),
        (TERMS, replace(PLAIN, is_own_brand=False), "hosted_brand"),
        (TERMS, replace(PLAIN, termination_kind="forced"), "forced_termination"),
        (TERMS, replace(PLAIN, termination_kind="deceased"), "eligible"),
        # The first rule broken gives the reason.
        (
            TERMS,
            replace(PLAIN, termination_kind="forced", line_kind="iot", is_own_brand=False),
            "forced_termination",
        ),
        (TERMS, replace(PLAIN, line_kind="iot", is_own_brand=False), "line_kind_excluded"),
        (
            TERMS,
            replace(
                PLAIN,
                last_device_change_on=date(2025, 10, 1),
                last_recontract_on=date(2025, 10, 1),
            ),
            "device_changed",
        ),
        # Confirmed victims.
        ("2025-10-29", PLAIN, "not_a_confirmed_victim"),
        ("2025-10-29", replace(PLAIN, is_exposed=True), "not_a_confirmed_victim"),
        ("2025-10-29", VICTIM, "eligible"),
        ("2025-10-29", replace(VICTIM, choice="discount"), "chose_discount"),
        ("2025-10-29", replace(VICTIM, choice="waiver"), "eligible"),
        ("2025-10-29", replace(VICTIM, terminated_on=date(2025, 10, 20)), "outside_window"),
        ("2025-10-29", replace(VICTIM, terminated_on=date(2025, 10, 21)), "eligible"),
    ],
)
def test_reason_on_a_boundary(version: str, line: eligibility.Line, reason: str) -> None:
    """Worked by hand, so that SQL and oracle cannot be wrong together."""
    assert eligibility.reason(line, BY_NAME[version]) == reason
    assert decisions([(line, None)])[version, 0]["reason_code"] == reason


@pytest.mark.parametrize(
    ("version", "claim", "status"),
    [
        (TERMS, None, "not_claimed"),
        (TERMS, eligibility.Claim(at("2026-01-14 09:00:00"), True), "in_time"),
        (TERMS, eligibility.Claim(at("2026-01-31 22:00:00"), True), "in_time"),
        (TERMS, eligibility.Claim(at("2026-01-31 22:00:01"), True), "late"),
        (EXTENDED, eligibility.Claim(at("2026-01-31 22:00:01"), True), "in_time"),
        (EXTENDED, eligibility.Claim(at("2026-06-30 22:00:00"), True), "in_time"),
        (EXTENDED, eligibility.Claim(at("2026-06-30 22:00:01"), True), "late"),
        (TERMS, eligibility.Claim(at("2026-01-20 09:00:00"), False), "wrong_account"),
        (TERMS, eligibility.Claim(at("2026-03-20 09:00:00"), False), "wrong_account"),
        (
            TERMS,
            eligibility.Claim(at("2026-03-15 23:59:59"), True, date(2026, 3, 1)),
            "excused_by_obstacle",
        ),
        (TERMS, eligibility.Claim(at("2026-03-16 00:00:00"), True, date(2026, 3, 1)), "late"),
    ],
)
def test_claim_state_on_a_boundary(
    version: str, claim: eligibility.Claim | None, status: str
) -> None:
    assert eligibility.claim_status(claim, BY_NAME[version]) == status
    assert decisions([(PLAIN, claim)])[version, 0]["claim_status"] == status


@pytest.mark.parametrize(
    ("as_of", "current"),
    [
        ("2025-10-28", set()),
        ("2025-10-29", {"2025-10-29"}),
        ("2025-12-28", {"2025-10-29"}),
        ("2025-12-29", {"2025-10-29"}),
        ("2025-12-30", {"2025-10-29", "announced-2025-12-30-inclusive"}),
        ("2026-01-13", {"2025-10-29", "announced-2025-12-30-inclusive"}),
        ("2026-02-01", {"2025-10-29", TERMS}),
        ("2026-02-20", {"2025-10-29", EXTENDED}),
    ],
)
def test_version_in_force_as_of_a_day(as_of: str, current: set[str]) -> None:
    found = decisions([(PLAIN, None)], as_of)
    assert {version for (version, _), row in found.items() if row["is_current"]} == current
    by_oracle = eligibility.current(VERSIONS, date.fromisoformat(as_of))
    assert {version.policy_version for version in by_oracle.values()} == current
    known = {v.policy_version for v in VERSIONS if v.known_from <= date.fromisoformat(as_of)}
    assert {version for version, _ in found} == known


def test_before_the_announcement_only_confirmed_victims_are_entitled() -> None:
    victim = replace(VICTIM, terminated_on=date(2025, 12, 20))
    other = replace(victim, is_payment_victim=False)
    found = decisions([(victim, None), (other, None)], "2025-12-28")
    assert {key: row["is_eligible"] for (_, key), row in found.items()} == {0: True, 1: False}
