"""Access attempts as delivered.

Is this the daily feed of the monitoring, from many access points? To be plausible this table must
answer: do counts fit each other, does the feed cover its days, and is there traffic at all?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("attempt_date", "access_point_id", "business_domain")
EMPTY_WHEN = conditions.nothing_delivered("access_attempts_daily")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=(
                "try_cast(verified_attempts as bigint) > try_cast(attempts as bigint) or "
                "try_cast(monitored_attempts as bigint) > try_cast(attempts as bigint)"
            ),
            max_value=0.01,
            least_rows=20,
            description="No more attempts are verified or monitored than were made",
            notes="Shares above one: counts of different days or columns swapped",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="coalesce(try_cast(attempts as bigint), 0) = 0",
            max_value=0.5,
            least_rows=20,
            description="Access points have traffic",
            notes="A feed of zeros is a feed that failed",
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    min(attempt_date) as first_day,
                    max(attempt_date) as last_day,
                    count(distinct attempt_date) as days_with_a_feed
                from {batch}
                having count(distinct attempt_date)
                    < 0.9 * (
                        1 + date_diff(
                            'day', cast(min(attempt_date) as date), cast(max(attempt_date) as date)
                        )
                    )
                """,
            description="The feed covers nine of ten days between its first and its last",
            notes=(
                "The pledge is to monitor all attempts in real time; single missing days "
                "are flagged in the mart"
            ),
            severity=kinds.WARNING,
        ),
    ]
