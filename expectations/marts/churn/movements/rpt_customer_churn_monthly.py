"""Churn of customers by month.

Do customers behave like the holders of the lines? To be plausible this table must answer: are they
fewer than the lines they hold, do they leave less often than lines do, and do few come back?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("month",)

EMPTY_WHEN = conditions.only_the_opening_known()


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select customers.month, customers.closing_customers, lines.closing_lines
                from {batch} as customers
                inner join churn.rpt_churn_monthly as lines
                    on customers.month = lines.month and lines.segment_kind = 'total'
                where
                    lines.closing_lines >= 1000
                    and (
                        customers.closing_customers > lines.closing_lines
                        or customers.closing_customers < 0.05 * lines.closing_lines
                    )
                """,
            description="A customer holds between one line and twenty on average",
            notes=(
                "More customers than lines: lines lost their holder; far fewer: one customer "
                "stands in for many unknown ones"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "is_complete and average_customers >= 1000 and customer_churn_rate "
                "not between 0.0001 and 0.1"
            ),
            description="A whole month loses between one customer in ten thousand and one in ten",
            notes="Outside, the last line of a customer is not the last, or was never delivered",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "is_complete and average_customers >= 1000 and "
                "rejoined_customers > 0.5 * greatest(churned_customers, 20)"
            ),
            description="Fewer than half as many come back in a month as leave in it",
            notes="Customers who left and came back in bulk: one delivery missed their lines",
            severity=kinds.WARNING,
        ),
    ]
