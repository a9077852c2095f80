"""Cost by programme and month.

Does money move once programmes run? To be plausible this table must answer: do payments add up to
something sensible, and is something incurred once programmes run?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "cost_month", "row_kind")
EMPTY_WHEN = "(select count(*) = 0 from core.dim_programmes)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectColumnValuesToBeBetween(
            column="cumulative_paid_krw",
            min_value=0,
            description="Payments add up to no less than nought",
            notes="Returns of payments exceed payments: a sign is reversed",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    max(cost_month) as newest_month,
                    max(cumulative_incurred_krw) as incurred_krw
                from {batch}
                where row_kind = 'total'
                having
                    coalesce(incurred_krw, 0) = 0
                    and newest_month
                    > (select min(starts_on) from core.dim_programmes) + interval 180 day
                """,
            description="Something is incurred once a programme has run for half a year",
            notes=(
                "Programmes that run and cost nothing: their claims, uses or payments are "
                "not delivered"
            ),
            severity=kinds.WARNING,
        ),
    ]
