"""Provisions from month to month.

Would an auditor stop at it? To be plausible this table must answer: is no provision negative, and
is what is released small beside what was set aside?
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
        kinds.ExpectColumnValuesToBeBetween(
            column="closing_krw",
            min_value=0,
            description="No provision is below nought",
            notes="More was paid than the ultimate: payments of another programme, or doubled ones",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=("sum(abs(reestimates_krw)) / nullif(sum(additions_krw + used_krw), 0)"),
            max_value=2,
            none_is_plausible=True,
            description="Re-estimates are at most twice what was set aside and used",
            notes="Estimates swing from month to month: look at the assumptions that were restated",
            severity=kinds.WARNING,
        ),
    ]
