"""Refunds that cannot be right stay out of the figures with their won in sight.

Belongs here: refunds above the charge, second payments, payments and claims that hang in the air.
Does not belong here: what else the raw contract asks of a row (`test_staging_oracle`).
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.warehouse import staging_oracle as oracle
from tests.warehouse.staging_sql import Staging
from tests.warehouse.test_staging_oracle import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = date(2026, 1, 22)
LATER = FIRST + timedelta(days=14)
LAST = FIRST + timedelta(days=28)

Said = dict[str, list[oracle.Delivery]]


class Told:
    """Deliveries in the making: one customer, and whatever lines, claims and money a test adds."""

    def __init__(self) -> None:
        self.said: Said = {}
        self.add("customers", FIRST, customer_id="C", customer_type="person")

    def add(self, entity: str, delivered_on: date, **values: str) -> None:
        rows = self.said.setdefault(entity, [])
        row: oracle.Row = {**values, "batch_date": delivered_on.isoformat()}
        rows.append(oracle.Delivery(delivered_on, len(rows) + 1, row))

    def line(self, number: int, *, charged: int = 0, on: date = FIRST, claims: int = 1) -> None:
        """A line that ended, its bill where it was charged, and its claims `W<number>-<n>`."""
        self.add(
            "lines",
            FIRST,
            line_id=f"L{number}",
            customer_id="C",
            line_kind="handset",
            network_brand="HOME",
            plan_code="PLAN",
            activated_at="2024-01-01 00:00:00",
            activation_kind="new",
        )
        if charged:
            self.add(
                "bill_items",
                on,
                item_id=f"B{number}",
                line_id=f"L{number}",
                billed_on="2026-01-05",
                item_kind="selective_return",
                amount_krw=str(charged),
            )
        for claim in range(claims):
            self.claim(f"W{number}-{claim}", f"L{number}")

    def claim(self, claim_id: str, line_id: str) -> None:
        self.add(
            "waiver_claims",
            FIRST,
            claim_id=claim_id,
            line_id=line_id,
            claimed_at="2026-01-14 09:00:00",
            payee_is_owner="true",
            operator_decision="accepted",
        )

    def refund(
        self,
        refund_id: str,
        claim_id: str,
        amount: int,
        *,
        on: date = FIRST,
        paid_on: date | None = None,
        status: str = "paid",
    ) -> None:
        self.add(
            "refund_payments",
            on,
            refund_id=refund_id,
            claim_id=claim_id,
            paid_on=(paid_on or on).isoformat(),
            amount_krw=str(amount),
            status=status,
        )


@pytest.fixture(scope="module")
def staging() -> Staging:
    return Staging(typed=True)


def held(staging: Staging, told: Told, as_of: date = LAST) -> dict[tuple[str, str], int]:
    """Won in quarantine by entity and reason, after the oracle has agreed on every row."""
    compare(staging, told.said, as_of)
    return {
        (str(entity), str(reason)): int(str(won or 0))
        for entity, reason, won in staging.query(
            "select entity, reason_code, sum(amount_krw)"
            " from staging.stg_operator__quarantine group by all"
        )
    }


def paid(staging: Staging) -> Mapping[str, int]:
    """Won of the refunds that the marts read as paid, by refund."""
    return {
        str(refund): int(str(won))
        for refund, won in staging.query(
            "select refund_id, amount_krw from staging.stg_operator__refund_payments"
            " where status = 'paid'"
        )
    }


def test_a_payment_without_a_claim_is_held(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R1", "nobody", 500)
    assert held(staging, told) == {("refund_payments", "orphan_parent"): 500}
    assert paid(staging) == {}


def test_a_claim_without_a_line_is_held_and_so_is_the_payment_on_it(staging: Staging) -> None:
    told = Told()
    told.claim("W1", "nowhere")
    told.refund("R1", "W1", 700)
    assert held(staging, told) == {
        ("waiver_claims", "orphan_line"): 0,
        ("refund_payments", "orphan_parent"): 700,
    }
    assert paid(staging) == {}


def test_a_negative_insurance_payment_is_held(staging: Staging) -> None:
    told = Told()
    told.add(
        "insurance_enrolments",
        FIRST,
        enrolment_id="N1",
        customer_id="C",
        enrolled_on="2026-01-10",
        route="automatic",
    )
    told.add(
        "insurance_claims",
        FIRST,
        insurance_claim_id="Q1",
        enrolment_id="N1",
        loss_on="2026-01-11",
        claimed_on="2026-01-12",
        loss_krw="900",
        paid_krw="-900",
        paid_on="2026-01-13",
    )
    told.add(
        "insurance_claims",
        FIRST,
        insurance_claim_id="Q2",
        enrolment_id="N1",
        loss_on="2026-01-11",
        claimed_on="2026-01-12",
        loss_krw="-5",
        paid_krw="0",
        paid_on="2026-01-13",
    )
    assert held(staging, told) == {("insurance_claims", "negative_amount"): -5}


def test_a_refund_of_the_whole_charge_counts_and_one_won_more_is_held(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.line(2, charged=500)
    told.refund("R1", "W1-0", 500)
    told.refund("R2", "W2-0", 501)
    assert held(staging, told) == {("refund_payments", "above_charge"): 501}
    assert paid(staging) == {"R1": 500}


def test_a_refund_is_released_when_the_bill_comes_later(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500, on=LATER)
    told.refund("R1", "W1-0", 500)
    assert held(staging, told, FIRST) == {("refund_payments", "above_charge"): 500}
    assert held(staging, told, LATER) == {}
    assert paid(staging) == {"R1": 500}


def test_a_second_payment_for_one_claim_is_held_and_the_first_counts(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R2", "W1-0", 300)
    told.refund("R1", "W1-0", 200, on=LATER)
    assert held(staging, told) == {("refund_payments", "second_payment"): 200}
    assert paid(staging) == {"R2": 300}


def test_of_two_payments_of_one_day_the_smaller_id_counts(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R2", "W1-0", 300)
    told.refund("R1", "W1-0", 300)
    held(staging, told)
    assert paid(staging) == {"R1": 300}


def test_a_payment_after_a_return_is_right(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R1", "W1-0", 500)
    told.refund("R1", "W1-0", 500, on=LATER, paid_on=FIRST, status="returned")
    told.refund("R2", "W1-0", 500, on=LAST)
    assert held(staging, told) == {}
    assert paid(staging) == {"R2": 500}


def test_a_payment_made_before_the_return_was_known_is_released_by_it(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R1", "W1-0", 500)
    told.refund("R2", "W1-0", 500, on=LATER)
    told.refund("R1", "W1-0", 500, on=LAST, paid_on=FIRST, status="returned")
    assert held(staging, told, LATER) == {("refund_payments", "second_payment"): 500}
    assert held(staging, told, LAST) == {}
    assert paid(staging) == {"R2": 500}


def test_a_held_second_payment_that_comes_back_ends_as_returned(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R1", "W1-0", 500)
    told.refund("R2", "W1-0", 500, on=LATER)
    told.refund("R2", "W1-0", 500, on=LAST, paid_on=LATER, status="returned")
    assert held(staging, told, LATER) == {("refund_payments", "second_payment"): 500}
    assert held(staging, told, LAST) == {}
    assert paid(staging) == {"R1": 500}


def test_a_second_payment_that_is_said_again_stays_out(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R1", "W1-0", 500)
    for day in (LATER, LAST):
        told.refund("R2", "W1-0", 500, on=day, paid_on=LATER)
    assert held(staging, told) == {("refund_payments", "second_payment"): 1000}
    assert paid(staging) == {"R1": 500}


def test_a_corrected_amount_shows_the_held_row_as_replaced(staging: Staging) -> None:
    told = Told()
    told.line(1, charged=500)
    told.refund("R1", "W1-0", 5000)
    told.refund("R1", "W1-0", 500, on=LATER, paid_on=FIRST)
    told.line(2, charged=500)
    told.refund("R2", "W2-0", 500)
    told.refund("R2", "W2-0", 6000, on=LATER, paid_on=FIRST)
    held(staging, told)
    assert paid(staging) == {"R1": 500, "R2": 500}
    assert staging.query(
        "select amount_krw, is_replaced from staging.stg_operator__quarantine order by amount_krw"
    ) == [(5000, True), (6000, False)]


def test_ten_thousand_refunds_fare_as_the_words_of_the_contract_say(staging: Staging) -> None:
    draw = random.Random(20260122)
    days = [FIRST, FIRST + timedelta(days=1), LATER, LAST]
    told = Told()
    lines = 3_000
    for number in range(lines):
        told.line(
            number,
            charged=draw.choice((0, 1, 499, 500, 501, 501, 501)),
            on=draw.choice(days),
            claims=draw.choice((1, 1, 2)),
        )
    while len(told.said.get("refund_payments", ())) < 12_000:
        number = draw.randrange(lines)
        told.refund(
            f"R{number}-{draw.randrange(3)}",
            draw.choice((f"W{number}-0",) * 5 + (f"W{number}-1", f"W{draw.randrange(lines)}-0")),
            draw.choice((0, 1, 250, 499, 500, 501)),
            on=draw.choice(days),
            paid_on=draw.choice(days),
            status=draw.choice(("paid", "paid", "returned")),
        )
    found = Counter[str]()
    for as_of in days:
        compare(staging, told.said, as_of)
        found.update(
            str(reason)
            for (reason,) in staging.query(
                "select reason_code from staging.stg_operator__quarantine"
                " where entity = 'refund_payments'"
            )
        )
    assert {"above_charge", "second_payment", "orphan_parent"} <= {*found}
    assert min(found["above_charge"], found["second_payment"]) > 500
