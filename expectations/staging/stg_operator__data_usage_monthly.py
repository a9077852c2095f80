"""Use of granted data, current version.

Is it drawn by lines in service, month after month? To be plausible this table must answer: do
lines draw that have ended, does a month lack, and is anything used at all?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "usage_month")
EMPTY_WHEN = conditions.nothing_accepted("data_usage_monthly")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as months_of_use,
                    count(*) filter (where lines.terminated_on < usage.usage_month) as after_the_end
                from {batch} as usage
                inner join staging.stg_operator__lines as lines on usage.line_key = lines.line_key
                having months_of_use >= 50 and after_the_end > 0.01 * months_of_use
                """,
            description="Hardly anybody uses data after the line ended",
            notes=("Use of numbers that were given to others, or ends that were dated too early"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                with months as (
                    select usage_month, count(*) as rows_of_month
                    from {batch}
                    group by usage_month
                    -- The grant of a few victims has months in which none of them is left.
                    having rows_of_month >= 20
                )
                select
                    min(usage_month) as first_month,
                    max(usage_month) as last_month,
                    count(*) as months
                from months
                having months < 1 + date_diff('month', first_month, last_month)
                """,
            description="No month lacks between the first and the last that have 20 rows",
            notes="Cost of the missing month would be nought",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="used_gb = 0",
            max_value=0.9,
            least_rows=20,
            description="At most nine of ten lines with a grant use none of it",
            notes="A feed of noughts is a feed that failed; cost is measured by use",
            severity=kinds.WARNING,
        ),
    ]
