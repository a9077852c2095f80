"""Access attempts, current version.

Is verification measured, and does traffic not vanish? To be plausible this table must answer: are
attempts verified and monitored at all, and is a day's traffic like that of other days?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("attempt_date", "access_point_id", "business_domain")
EMPTY_WHEN = conditions.nothing_accepted("access_attempts_daily")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="sum(verified_attempts) / cast(nullif(sum(attempts), 0) as double)",
            min_value=0.1,
            max_value=1,
            description="At least a tenth of the attempts is verified",
            notes=(
                "The pledge is to verify all users and devices; hardly any means that the "
                "feed lacks it"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select attempt_date, sum(attempts) as attempts_of_the_day
                from {batch}
                group by attempt_date
                having attempts_of_the_day < 0.1 * (
                    select median(attempts_of_a_day)
                    from (
                        select sum(attempts) as attempts_of_a_day
                        from {batch}
                        group by attempt_date
                    ) as days
                )
                order by attempt_date
                """,
            description="No day has less than a tenth of the traffic of a usual day",
            notes="Part of the access points did not report that day",
            severity=kinds.WARNING,
        ),
    ]
