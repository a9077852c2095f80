"""Curves of survival.

Does this look like customers of a carrier? To be plausible this table must answer: does no day take
a tenth of a crowd, are most lines still there after a year, and do curves reach beyond a year?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("time_origin", "incident_id", "stratum_kind", "stratum", "day_number")
EMPTY_WHEN = conditions.either(
    "(select count(*) < 1000 from core.dim_lines)", conditions.only_the_opening_known()
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="at_risk >= 500 and events > 0.1 * at_risk",
            description="No day takes a tenth of five hundred lines at risk",
            notes="Lines ended in bulk on one day, or counts of another clock were mixed in",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition=(
                "time_origin = 'activation' and stratum = 'total' and starts_on_day = 1 and "
                "day_number <= 365 and at_risk >= 100 and survival < 0.5"
            ),
            description="Half of the lines at least outlive their first year",
            notes="A churn that no carrier survives: lines activated twice, or deliveries cut off",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "max(case when time_origin = 'activation' and stratum = 'total' then until_day end)"
            ),
            min_value=366,
            none_is_plausible=True,
            description="The curve of all lines reaches beyond a year",
            notes=(
                "Look at the days of activation of old lines: without late entry a curve is only "
                "as long as the deliveries"
            ),
            severity=kinds.WARNING,
        ),
    ]
