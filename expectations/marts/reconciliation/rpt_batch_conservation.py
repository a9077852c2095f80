"""Deliveries and what became of them.

Do the base entities come to the end? To be plausible this table must answer: which entity fell
silent while others went on?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("entity", "batch_date")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select entities.entity, entities.newest_delivery, series.newest_batch
                from (
                    select entity, max(batch_date) filter (where delivered > 0) as newest_delivery
                    from {batch}
                    where entity in ('lines', 'contracts', 'customers')
                    group by entity
                ) as entities
                cross join (select max(batch_date) as newest_batch from {batch}) as series
                where coalesce(entities.newest_delivery < series.newest_batch - 45, true)
                """,
            description="Lines, contracts and customers are delivered to the end",
            notes="A feed that stopped reads as nobody changing anything any more",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as batches_with_lines,
                    count(*) filter (where accepted + superseded = 0) as without_a_good_row
                from {batch}
                where entity = 'lines' and delivered >= 10
                having batches_with_lines >= 5 and without_a_good_row > 0.2 * batches_with_lines
                """,
            description="Lines are accepted in most of their batches",
            notes="Whole deliveries of repeats or of bad rows: the export does not move on",
            severity=kinds.CRITICAL,
        ),
    ]
