"""Use of granted data as delivered.

Is this what lines drew of a grant, month by month, in gigabytes? To be plausible this table must
answer: does nobody use much more than was granted, are months given by their first day, and is
use of a human size?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("usage_month",)
EMPTY_WHEN = conditions.nothing_delivered("data_usage_monthly")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="try_cast(used_gb as bigint) > try_cast(granted_gb as bigint)",
            max_value=0.02,
            least_rows=100,
            description="Hardly any line uses more than it was granted",
            notes="What exceeds the grant is paid use; the columns may be swapped",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="day(try_cast(usage_month as date)) = 1",
            min_value=0.98,
            least_rows=20,
            description="Months are given by their first day",
            notes=("Days of use in the column of months would count a line many times a month"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(try_cast(granted_gb as bigint))",
            min_value=1,
            max_value=1000,
            description="A grant is 1 to 1,000 gigabytes on average",
            notes="Megabytes in a column of gigabytes",
            severity=kinds.CRITICAL,
        ),
    ]
