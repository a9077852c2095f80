"""The ledger of the sample as of several days, each built on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.warehouse.sample_warehouse import NEWEST, REPLAYED

if TYPE_CHECKING:
    from datetime import date

    from tests.warehouse.sample_warehouse import SampleWarehouse


def entries(sample: SampleWarehouse, as_of: date, condition: str) -> dict[str, dict[str, Any]]:
    """Entries as of a day by their id."""
    rows = sample.query(
        as_of, f"select * from compensation.fct_ledger_entries where {condition} order by all"
    )
    return {row["entry_id"]: row for row in rows}


@pytest.mark.parametrize("as_of", REPLAYED)
def test_the_ledger_of_a_day_is_the_beginning_of_that_of_a_later_one(
    sample: SampleWarehouse, as_of: date
) -> None:
    # Lines alone: what a benefit costs follows the assumptions known on the day.
    of_the_day = entries(sample, as_of, "line_key is not null")
    known_by_then = f"line_key is not null and known_from <= date '{as_of}'"
    assert of_the_day
    assert of_the_day == entries(sample, NEWEST, known_by_then)


def test_every_event_of_a_ledger_occurs(sample: SampleWarehouse) -> None:
    rows = sample.query(
        NEWEST, "select distinct event_kind from compensation.fct_ledger_entries order by 1"
    )
    kinds = {row["event_kind"] for row in rows}
    assert kinds >= {
        *("fee_charged", "fee_collected", "refund_payable", "refund_paid", "refund_returned"),
        *("refund_undue", "loss_payable", "benefit_cost", "benefit_issued", "benefit_breakage"),
        *("premium_accrued", "benefit_settled"),
    }


def test_every_side_of_an_entry_carries_a_treatment(sample: SampleWarehouse) -> None:
    rows = sample.query(
        NEWEST,
        "select debit_treatment as treatment from compensation.fct_ledger_entries "
        "union select credit_treatment from compensation.fct_ledger_entries",
    )
    assert {row["treatment"] for row in rows} >= {
        *("revenue_reversal", "consideration_payable", "loss_compensation", "insurance_premium"),
        *("service_cost", "refund_liability", "accrued_liability", "receivable", "cash"),
    }


def test_a_refund_can_be_followed_from_claim_to_payment(sample: SampleWarehouse) -> None:
    """A transfer that came back and was paid again, as finance would trace it."""
    (returned,) = sample.query(
        NEWEST,
        "select line_key from compensation.fct_ledger_entries "
        "where event_kind = 'refund_returned' order by source_id limit 1",
    )
    rows = sample.query(
        NEWEST,
        "select event_kind, amount_krw, policy_version from compensation.fct_ledger_entries "
        f"where line_key = {returned['line_key']} and programme_id = 'fee_waiver' "
        "order by known_from, posted_on, event_kind",
    )
    kinds = [row["event_kind"] for row in rows]
    assert kinds == ["refund_payable", "refund_paid", "refund_returned", "refund_paid"]
    assert len({row["amount_krw"] for row in rows}) == 1
    assert rows[0]["policy_version"] == "terms-2026-01-14"
