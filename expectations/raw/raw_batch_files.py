"""The files of all deliveries.

Is there a series of deliveries to build on? To be plausible this table must answer: did
deliveries come month by month without a hole, did the first one bring the base, did lines keep
coming, and can the share of the population be one?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("entity", "file_name")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select earlier.batch_date as after_batch, min(later.batch_date) as next_batch
                from
                    (select distinct cast(batch_date as date) as batch_date from {batch}) as earlier
                inner join
                    (select distinct cast(batch_date as date) as batch_date from {batch}) as later
                    on earlier.batch_date < later.batch_date
                group by earlier.batch_date
                having date_diff('day', earlier.batch_date, min(later.batch_date)) > 35
                """,
            description="No month passes without a delivery",
            notes=(
                "Terminations and claims of a month that never came would read as a quiet month"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select base.entity
                from (values ('customers'), ('lines'), ('contracts')) as base (entity)
                left join {batch} as files
                    on
                        base.entity = files.entity
                        and files.batch_date = (select min(batch_date) from {batch})
                group by base.entity
                having coalesce(sum(cast(files.row_count as bigint)), 0) = 0
                """,
            description="The first batch brings customers, lines and contracts",
            notes=(
                "Every later batch holds changes only: without the opening stock there is "
                "no opening line"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(distinct batch_date) as batches,
                    count(distinct case when entity = 'lines' then batch_date end) as with_lines
                from {batch}
                having with_lines < 0.5 * batches
                """,
            description="Lines come with half of the batches at least",
            notes=(
                "Some line starts or ends nearly every day, in a small sample every other "
                "day; a feed that lost its lines loses leavers silently"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "coalesce(try_cast(sample_rate as double), 0) <= 0 or "
                "try_cast(sample_rate as double) > 1"
            ),
            description="A share of the population lies above 0 and is at most 1",
            notes="Dividing by anything else scales the figures to nonsense",
            severity=kinds.CRITICAL,
        ),
    ]
