"""Churn by month.

Are rates those of a mobile network, before and during an incident? To be plausible this table
must answer: does a whole month lose between almost nothing and a tenth of the park, and is no
whole month silent?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("month", "segment_kind", "segment")

EMPTY_WHEN = conditions.only_the_opening_known()


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition=(
                "segment_kind = 'total' and is_complete and average_lines >= 1000 and "
                "churn_rate > 0.1"
            ),
            description="A whole month loses at most a tenth of a park of a thousand lines",
            notes=(
                "Published monthly churn is about one percent, in the month of an exodus "
                "a few percent"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "segment_kind = 'total' and is_complete and average_lines >= 10000 and "
                "deactivations = 0"
            ),
            description="No whole month of a park of ten thousand lines passes without churn",
            notes="A month without a leaver was never delivered",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "segment_kind = 'total' and is_complete and average_lines >= 1000 and "
                "abs(net_adds) > 0.1 * average_lines"
            ),
            description="A whole month changes the park by at most a tenth",
            notes="Lines appear or vanish in bulk: two deliveries of different extent",
            severity=kinds.CRITICAL,
        ),
    ]
