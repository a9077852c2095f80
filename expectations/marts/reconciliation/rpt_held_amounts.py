"""Rows and won that are kept out of the figures.

Is what is held small against what is reported, and does somebody work on it? To be plausible this
table must answer: how much money do the figures leave out, and since when?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("entity", "reason_code", "batch_date")
EMPTY_WHEN = "(select coalesce(sum(quarantined), 0) = 0 from reconciliation.rpt_batch_conservation)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select held.entity, held.open_krw, known.accepted_krw
                from (
                    select entity, sum(open_krw) as open_krw
                    from {batch}
                    where open_krw > 0
                    group by entity
                ) as held
                inner join (
                    select entity, sum(accepted_krw) as accepted_krw
                    from reconciliation.rpt_batch_conservation
                    group by entity
                ) as known on held.entity = known.entity
                where held.open_krw > greatest(10000000, 0.1 * known.accepted_krw)
                """,
            description="What is held of an entity is at most a tenth of the won that count",
            notes="Figures that leave out so much are no figures: mend the feed before publishing",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select held.open_rows, known.accepted
                from (
                    select sum(open_rows) as open_rows
                    from {batch}
                    where entity = 'refund_payments' and reason_code = 'second_payment'
                ) as held
                cross join (
                    select sum(accepted) as accepted
                    from reconciliation.rpt_batch_conservation
                    where entity = 'refund_payments'
                ) as known
                where held.open_rows > greatest(5, 0.02 * known.accepted)
                """,
            description="At most one refund in fifty is a second payment of its claim",
            notes="A payment run went out twice: stop the next one and call the bank",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select held.open_rows, known.accepted
                from (
                    select sum(open_rows) as open_rows
                    from {batch}
                    where entity = 'refund_payments' and reason_code = 'above_charge'
                ) as held
                cross join (
                    select sum(accepted) as accepted
                    from reconciliation.rpt_batch_conservation
                    where entity = 'refund_payments'
                ) as known
                where held.open_rows > greatest(5, 0.02 * known.accepted)
                """,
            description="At most one refund in fifty is above what its line was charged",
            notes="Bills are missing, or won were multiplied: compare the two feeds of these days",
            severity=kinds.CRITICAL,
        ),
    ]
