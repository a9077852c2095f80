"""Micropayments as delivered.

Are these small payments by phone, in won, with a channel? To be plausible this table must answer:
are payments small, do they name the channel by which an unauthorised one could be told, and can
their times be read?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("payment_id",)
EMPTY_WHEN = conditions.nothing_delivered("micropayments")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("paid_at", "timestamp"),
            min_value=0.95,
            least_rows=100,
            description="Payment times can be read",
            notes="Payments are matched to the days of an incident",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(try_cast(amount_krw as bigint))",
            min_value=100,
            max_value=1000000,
            description="A payment is 100 to 1,000,000 won on average",
            notes="Carrier billing is capped by the month; larger means are another unit",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="try_cast(amount_krw as bigint) > 1000000",
            max_value=0.02,
            least_rows=100,
            description="Payments above a million won are rare",
            notes="Carrier billing is capped by the month; many are another kind of payment",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("channel"),
            min_value=0.95,
            least_rows=50,
            description="Payments name their channel",
            notes="The attack used particular channels",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.at_night("paid_at"),
            among=conditions.readable("paid_at", "timestamp"),
            max_value=0.6,
            least_rows=100,
            description="Payments come in by more than the night",
            notes="Most payments between midnight and six mean times of another zone",
            severity=kinds.WARNING,
        ),
    ]
