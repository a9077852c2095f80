"""Money paid back, current version.

Does it follow claims that were accepted? To be plausible this table must answer: is money paid on
accepted claims, after they were made, and in amounts of a fee?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("refund_id", "claim_id")
EMPTY_WHEN = conditions.nothing_accepted("refund_payments")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as refunds,
                    count(*) filter (
                        where claims.operator_decision <> 'accepted'
                    ) as on_other_claims
                from {batch} as refunds
                inner join staging.stg_operator__waiver_claims as claims
                    on refunds.claim_id = claims.claim_id
                having refunds >= 20 and on_other_claims > 0.05 * refunds
                """,
            description="Hardly any refund is paid on a claim that was not accepted",
            notes="Money left the house without a decision, or decisions were not delivered",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as refunds,
                    count(*) filter (
                        where refunds.paid_on < cast(claims.claimed_at as date)
                    ) as too_early
                from {batch} as refunds
                inner join staging.stg_operator__waiver_claims as claims
                    on refunds.claim_id = claims.claim_id
                having refunds >= 20 and too_early > 0.01 * refunds
                """,
            description="Hardly any refund is paid before the claim was made",
            notes="Payment runs follow claims; dates of another run or another column",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="amount_krw > 3000000",
            max_value=0.01,
            least_rows=20,
            description="Refunds above three million won are rare",
            notes="No fee is that large: won were multiplied",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "count(*) filter (where status = 'paid') / cast(nullif(count(distinct "
                "claim_id) filter (where status = 'paid'), 0) as double)"
            ),
            max_value=1.5,
            none_is_plausible=True,
            description="A claim is paid at most one and a half times on average",
            notes="A payment run that ran twice pays everybody twice",
            severity=kinds.CRITICAL,
        ),
    ]
