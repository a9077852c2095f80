"""Losses in the ledger: the books of a day are the beginning of those of a later one."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.oracles.fees_and_eligibility_sql import run_models, seed_rows

PROMISES = [row for row in seed_rows("ref_programmes") if row["kind"] == "loss_refund"]
INCIDENT = PROMISES[0]["incident_id"]
PROMISED = min(date.fromisoformat(row["known_from"]) for row in PROMISES)
LATER = PROMISED + timedelta(days=90)
PAYMENTS = "intermediate.int_unauthorised_payments"

Inputs = dict[str, list[tuple[Any, ...]]]


def some_losses(draw: random.Random, count: int) -> Inputs:
    """Payments, what was said of each on several days, and what was paid back."""

    def day() -> date:
        return PROMISED + timedelta(days=draw.randint(-40, 40))

    found: Inputs = {
        PAYMENTS: [],
        "staging.stg_operator__disputed_payment_versions": [],
        "staging.stg_operator__loss_refunds": [],
    }
    payments, disputes, refunds = found.values()
    for number in range(count):
        payment = f"P{number}"
        payments.append((payment, INCIDENT, number, draw.randint(1, 500_000), True))
        for known_from in sorted({day() for _ in range(draw.randint(1, 3))}):
            status = draw.choice(["confirmed", "confirmed", "dismissed"])
            confirmed_on = known_from - timedelta(days=draw.randint(0, 3))
            disputes.append((payment, INCIDENT, confirmed_on, status, known_from))
        if draw.random() < 0.7:
            loaded_on = day()
            refunds.append((f"L{number}", payment, loaded_on, draw.randint(1, 500_000), loaded_on))
    return found


def known(losses: Inputs, as_of: date) -> Inputs:
    """What was delivered by the day; the last value of a row is the day of its delivery."""
    return {
        relation: [row for row in rows if relation == PAYMENTS or row[-1] <= as_of]
        for relation, rows in losses.items()
    }


def books(losses: Inputs, as_of: date) -> Counter[tuple[Any, ...]]:
    (rows,) = run_models(as_of.isoformat(), known(losses, as_of), ["int_ledger_entries"])
    return Counter(tuple(row.values()) for row in rows if row["line_key"] is not None)


@pytest.mark.fault(
    kind="rerun",
    tried="an earlier day is run again after a later one, around the day a programme was promised",
    holds="its entries are the beginning of those of the later day: nothing published is withdrawn",
)
def test_the_books_of_losses_grow_by_what_became_known() -> None:
    losses = some_losses(random.Random(20251029), 400)
    later = books(losses, LATER)
    assert {row[1] for row in later} == {"loss_payable", "refund_paid", "refund_undue"}
    known_from = 10
    for days in (-20, -1, 0, 1, 20):
        as_of = PROMISED + timedelta(days=days)
        wanted = Counter({row: n for row, n in later.items() if row[known_from] <= as_of})
        assert books(losses, as_of) == wanted
        assert bool(wanted) == (days >= 0)
