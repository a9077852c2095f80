"""The cost of the incident and the held won on the bundled sample.

Belongs here: what no given rows can show - the sample's own lines, replayed days, published
dollars. Does not belong here: formulas (`tests/unit/test_incident_cost.py`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.oracles import incident_cost as oracle
from tests.warehouse.sample_warehouse import NEWEST, REPLAYED

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse

DAYS = (NEWEST, *REPLAYED)
BEFORE_THE_ANNOUNCEMENT = date(2025, 12, 28)


def lines(sample: SampleWarehouse, as_of: date) -> dict[str, dict[str, object]]:
    rows = sample.query(as_of, "select * from compensation.rpt_incident_cost")
    return {str(row["cost_line"]): row for row in rows}


def test_published_dollars_are_those_of_their_own_rate(sample: SampleWarehouse) -> None:
    verdicts = sample.query(
        NEWEST,
        "select claim_id, verdict from reconciliation.rpt_published_claims"
        " where claim_id in ('W17', 'W21')",
    )
    assert {row["claim_id"]: row["verdict"] for row in verdicts} == {
        "W17": "agrees",
        "W21": "agrees",
    }
    cost = lines(sample, NEWEST)
    rates = {str(row["rate_claim_id"]) for row in cost.values() if row["rate_basis"] == "claim"}
    assert rates == {"W17", "W21"}
    for row in cost.values():
        if row["rate"] is not None:
            assert row["usd"] == oracle.dollars(int(str(row["krw"])), Decimal(str(row["rate"])))


def test_an_announced_value_and_an_asset_are_no_cost(sample: SampleWarehouse) -> None:
    cost = lines(sample, NEWEST)
    outside = {name for name, row in cost.items() if not row["is_in_total_cost"]} - {"total"}
    assert outside == {"security_investment", "customer_package"}
    assert cost["customer_package"]["krw"] == 0
    assert cost["customer_package"]["announced_krw"] == 450_000_000_000
    assert int(str(cost["total"]["krw"])) < int(str(cost["security_investment"]["krw"]))


@pytest.mark.parametrize("as_of", DAYS)
def test_three_assumptions_are_flagged_and_they_move_the_total_most(
    sample: SampleWarehouse, as_of: date
) -> None:
    rows = sample.query(
        as_of,
        "select swing_krw, is_top_three, total_base_krw from compensation.rpt_cost_sensitivity"
        " order by swing_rank",
    )
    swings = [int(str(row["swing_krw"])) for row in rows]
    assert swings == sorted(swings, reverse=True)
    assert [row["is_top_three"] for row in rows] == [
        number < 3 and swing > 0 for number, swing in enumerate(swings)
    ]
    assert {row["total_base_krw"] for row in rows} == {lines(sample, as_of)["total"]["krw"]}


def test_before_the_announcement_nothing_is_forgone_and_no_rate_is_known(
    sample: SampleWarehouse,
) -> None:
    cost = lines(sample, BEFORE_THE_ANNOUNCEMENT)
    assert cost["revenue_forgone"]["krw"] == 0
    assert {row["rate_basis"] for name, row in cost.items() if name != "total"} == {"none_known"}
    assert all(row["usd"] is None for row in cost.values())


@pytest.mark.parametrize("as_of", DAYS)
def test_held_won_tie_to_the_balance_of_deliveries(sample: SampleWarehouse, as_of: date) -> None:
    [held] = sample.query(
        as_of,
        "select sum(held_rows) as rows, sum(held_krw) as won,"
        " sum(open_krw) + sum(replaced_krw) as parts from reconciliation.rpt_held_amounts",
    )
    [balance] = sample.query(
        as_of,
        "select sum(quarantined) as rows, sum(quarantined_krw) as won"
        " from reconciliation.rpt_batch_conservation",
    )
    assert (held["rows"], held["won"]) == (balance["rows"], balance["won"])
    assert held["parts"] == held["won"]


def test_the_planted_refunds_are_held_by_finance_and_paid_nowhere(
    sample: SampleWarehouse,
) -> None:
    held = sample.query(
        NEWEST,
        "select reason_code, owner, open_krw from reconciliation.rpt_held_amounts"
        " where owner = 'finance control'",
    )
    assert {row["reason_code"] for row in held} == {"above_charge", "second_payment"}
    [paid] = sample.query(
        NEWEST,
        "select sum(paid_krw) as won from compensation.fct_programme_movements"
        " where programme_id = 'fee_waiver'",
    )
    [accepted] = sample.query(
        NEWEST,
        "select sum(paid_krw) as won from compensation.fct_waiver_decisions where is_current"
        " and policy_id = 'fee_waiver'",
    )
    assert paid["won"] == accepted["won"]
