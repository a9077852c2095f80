"""Ended lines with what they were charged and paid.

Does nobody pay more than was charged? To be plausible this table must answer: is what was
collected at most what was charged, and do a good part of the leavers pay no fee?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "terminated_on")
EMPTY_WHEN = (
    "(select count(*) = 0 from staging.stg_operator__lines where terminated_on is not null)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="charged_selective_return_krw",
            column_B="collected_selective_return_krw",
            or_equal=True,
            description="Nobody paid more of a discount back than was charged",
            notes="Refunds are limited to what was collected; the surplus would be paid out",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="charged_subsidy_clawback_krw",
            column_B="collected_subsidy_clawback_krw",
            or_equal=True,
            description="Nobody paid more of a subsidy back than was charged",
            notes="Refunds are limited to what was collected; the surplus would be paid out",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="charged_selective_return_krw + charged_subsidy_clawback_krw > 0",
            max_value=0.98,
            least_rows=200,
            description="Some leavers pay no fee at all",
            notes=(
                "Many lines have no running contract; if all pay, charges were joined to "
                "the wrong lines"
            ),
            severity=kinds.WARNING,
        ),
    ]
