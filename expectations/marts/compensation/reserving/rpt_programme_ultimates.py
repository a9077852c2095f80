"""Ultimate cost by programme and month.

Is the estimate one that finance can use? To be plausible this table must answer: is a range there
wherever something is still to come, does it stay within bounds that say something, and does the
estimate not jump from one month to the next without a cause?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "cost_month")
EMPTY_WHEN = "(select count(*) = 0 from core.dim_programmes)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="ultimate_high_krw > 1000 and ultimate_high_krw > 100 * ultimate_krw",
            description="No upper bound is a hundred times the estimate",
            notes="A standard error out of all proportion: a single claim, or a wrong quantile",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "method not in ('plan', 'closed') and expected_to_come_krw > 1000"
                " and ultimate_low_krw = ultimate_high_krw"
            ),
            description="What is to come has a range, unless it is a plan",
            notes="Low and high assumptions are the same, or the range was not computed",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select programme_id, cost_month, ultimate_krw, before_krw
                from (
                    select
                        programme_id,
                        cost_month,
                        ultimate_krw,
                        lag(ultimate_krw)
                            over (partition by programme_id order by cost_month) as before_krw
                    from {batch}
                    where is_provision
                )
                where before_krw > 1000000 and ultimate_krw > 10 * before_krw
                """,
            description="No provision of a million won grows tenfold in a month",
            notes="An assumption was restated by orders of magnitude, or a feed came twice",
            severity=kinds.WARNING,
        ),
    ]
