"""Refund payments as delivered.

Is this money paid back against claims, in won? To be plausible this table must answer: are
amounts of the size of a fee, do payments fit the claims in number, and does nearly all of the
money arrive?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("refund_id", "claim_id")
EMPTY_WHEN = conditions.nothing_delivered("refund_payments")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(try_cast(amount_krw as bigint))",
            min_value=1000,
            max_value=2000000,
            description="A refund is 1,000 to 2,000,000 won on average",
            notes="Thousands of won, or another currency, in a column of won",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="status = 'returned'",
            max_value=0.2,
            least_rows=100,
            description="Few refunds are returned by the bank",
            notes="Wrong accounts are the exception; a failed payment run would show here",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select refunds.refund_rows, claims.claim_rows
                from (select count(*) as refund_rows from {batch}) as refunds
                cross join (select count(*) as claim_rows from raw.raw_waiver_claims) as claims
                where refunds.refund_rows > 2 * claims.claim_rows
                """,
            description="There are at most two refund rows per claim row",
            notes=(
                "Money is paid on claims: more payments than claims were paid twice or "
                "belong elsewhere"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
