"""Payments reported as not the customer's own.

Are they small, of the time of the incident, refunded? To be plausible this table must answer: are
most confirmed ones of the time of the incident, of the size of a small payment, and is no more
refunded than was lost?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("payment_id", "incident_id")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from "
    "reconciliation.rpt_batch_conservation where entity = 'disputed_payments')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="refunded_krw > amount_krw",
            description="No more is refunded than was lost",
            notes="A refund of several payments was matched to one, or paid twice",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectColumnMeanToBeBetween(
            column="amount_krw",
            min_value=500,
            max_value=1000000,
            description="A payment is 500 to 1,000,000 won on average",
            notes="Carrier billing is capped by the month; won were multiplied or divided",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as confirmed,
                    count(*) filter (
                        where payments.paid_on < incidents.started_on
                        or payments.paid_on > incidents.ended_on
                    ) as outside
                from {batch} as payments
                inner join core.dim_incidents as incidents
                    on payments.incident_id = incidents.incident_id
                where payments.is_confirmed
                having confirmed >= 10 and outside > 0.1 * confirmed
                """,
            description="Nine of ten confirmed payments were made while the incident lasted",
            notes="Payments of another time were matched to the incident",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="confirmed_on < paid_on",
            among="is_confirmed",
            max_value=0.02,
            least_rows=10,
            description="Payments are confirmed after they were made",
            notes="The two columns are swapped",
            severity=kinds.CRITICAL,
        ),
    ]
