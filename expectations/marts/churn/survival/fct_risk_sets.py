"""Lines at risk by day of their own time.

Do lines leave at a rate that a carrier survives? To be plausible this table must answer: is the
rate of departures per line and day neither nothing nor two percent?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("curve_id", "day_number")
EMPTY_WHEN = conditions.either(
    "(select count(*) < 1000 from core.dim_lines)", conditions.only_the_opening_known()
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "case when sum(entered) >= 10000 then sum(departures)"
                " / sum(cast(at_risk as double)) end"
            ),
            min_value=0.000001,
            max_value=0.02,
            none_is_plausible=True,
            description="Between one line in a million and one in fifty departs a day",
            notes=(
                "Public churn is about one percent a month, an exodus a few times that: lines at "
                "risk and departures are not of the same population"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
