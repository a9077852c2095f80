"""Retention by month of activation.

Do new customers stay, at least at first? To be plausible this table must answer: do nearly all
lines outlive the month they came in, and does no month take a quarter of a large cohort?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("activation_month", "months_since")
EMPTY_WHEN = conditions.either(
    "(select count(*) = 0 from core.dim_lines)", conditions.only_the_opening_known()
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(case when months_since = 0 and not is_left_truncated then lines_retained end)"
                " / sum(case when months_since = 0 and not is_left_truncated"
                " then cast(lines_at_start as double) end)"
            ),
            min_value=0.9,
            none_is_plausible=True,
            description="Nine in ten lines outlive the month they came in",
            notes="Lines that were never in service, or changes of a line delivered as new lines",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "is_complete and lines_lost + lines_retained >= 500 and "
                "lines_lost > 0.25 * (lines_lost + lines_retained)"
            ),
            description="No month takes a quarter of a cohort of five hundred lines",
            notes="A cohort ended in bulk: a migration between systems delivered as terminations",
            severity=kinds.CRITICAL,
        ),
    ]
