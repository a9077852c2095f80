"""Verification and monitoring by day and area.

Is the feed there, and does the pledge hold? To be plausible this table must answer: how many
feeds are missing, and does verification not fall back?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("attempt_date", "business_domain", "access_point_id")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from "
    "reconciliation.rpt_batch_conservation where entity = 'access_attempts_daily')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="is_feed_missing",
            max_value=0.1,
            least_rows=100,
            description="At most a tenth of the feeds is missing",
            notes="What is not measured cannot be said to be monitored",
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    avg(verified_share) filter (
                        where attempt_date < days.first_day + 28
                    ) as at_first,
                    avg(verified_share) filter (where attempt_date > days.last_day - 28) as lately
                from {batch}
                cross join (
                    select min(attempt_date) as first_day, max(attempt_date) as last_day
                    from {batch}
                ) as days
                having lately < at_first - 0.02
                """,
            description=(
                "Verification in the newest four weeks is not below that of the first four"
            ),
            notes=(
                "The pledge is to verify all users and devices: falling back is a finding "
                "or a broken feed"
            ),
            severity=kinds.WARNING,
        ),
    ]
