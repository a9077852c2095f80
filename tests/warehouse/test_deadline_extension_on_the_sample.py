"""The deadline of the claims was extended later: what is late on one day is in time on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.warehouse.sample_warehouse import DECIDED, NEWEST

if TYPE_CHECKING:
    from datetime import date

    from tests.warehouse.sample_warehouse import Row, SampleWarehouse

BEFORE, AFTER = DECIDED


def _claims(sample: SampleWarehouse, as_of: date) -> dict[int, Row]:
    rows = sample.query(
        as_of,
        "select line_key, policy_version, claim_status, claimed_at, is_payable, is_eligible "
        "from compensation.fct_waiver_decisions where policy_id = 'fee_waiver' and is_current "
        "and claim_status != 'not_claimed'",
    )
    return {row["line_key"]: row for row in rows}


def test_the_extension_is_not_known_before_it_is_announced(sample: SampleWarehouse) -> None:
    assert {row["policy_version"] for row in _claims(sample, BEFORE).values()} == {
        "terms-2026-01-14"
    }
    assert {row["policy_version"] for row in _claims(sample, AFTER).values()} == {
        "extended-2026-02-10"
    }


def test_a_claim_after_the_first_deadline_is_in_time_once_it_is_extended(
    sample: SampleWarehouse,
) -> None:
    after, newest = _claims(sample, AFTER), _claims(sample, NEWEST)
    under_the_terms = {
        row["line_key"]
        for row in sample.query(
            AFTER,
            "select line_key from compensation.fct_waiver_decisions "
            "where policy_version = 'terms-2026-01-14' and claim_status = 'late'",
        )
    }
    assert under_the_terms
    assert {after[key]["claim_status"] for key in under_the_terms} == {"in_time"}
    assert all(after[key]["is_payable"] == after[key]["is_eligible"] for key in under_the_terms)
    assert not {key for key, row in newest.items() if row["claim_status"] == "late"}


def test_a_claim_of_the_last_evening_is_late_on_the_first_of_february(
    sample: SampleWarehouse,
) -> None:
    before, after = _claims(sample, BEFORE), _claims(sample, AFTER)
    late = {key for key, row in before.items() if row["claim_status"] == "late"}
    assert late <= after.keys()
    assert {after[key]["claim_status"] for key in late} <= {"in_time", "wrong_account"}
    assert all(row["claimed_at"].date() <= BEFORE for row in before.values())
