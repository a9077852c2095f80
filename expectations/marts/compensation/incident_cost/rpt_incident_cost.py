"""The cost of an incident by line.

Is it of a size that the books could hold? To be plausible this table must answer: what does the
incident cost, how sure is that, and does a rate of exchange fit its currency?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("incident_id", "cost_line")
EMPTY_WHEN = "(select count(*) = 0 from core.dim_programmes)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="krw < 0 or incurred_krw < 0 or outstanding_krw < 0",
            description="No line of the cost is below nought",
            notes=(
                "Fewer left than expected, or returns exceed payments: look at the baseline and "
                "at the signs before anybody reports a gain from an incident"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="is_total and krw > 0 and high_krw > 20 * krw",
            description="The upper end of the total is at most twenty times its base",
            notes="A range that wide says nothing: an assumption has lost its unit",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="max(cast(rate as double)) / nullif(min(cast(rate as double)), 0)",
            max_value=1.5,
            none_is_plausible=True,
            description="Rates of exchange are of one size",
            notes="A rate in thousands, or of another currency: dollars would be off by as much",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="announced_krw > 0 and population_krw > 5 * announced_krw",
            description="A line costs at most five times what was announced for it",
            notes="The public was told a fraction: finance has to know before the report goes out",
            severity=kinds.WARNING,
        ),
    ]
