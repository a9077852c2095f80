"""Port requests as delivered.

Is this the traffic between carriers, in local time and processed? To be plausible this table must
answer: when of the day do customers ask, how long do they wait, are most requests completed, do
completed ones name their day, and are the two carriers different ones?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("port_id",)
EMPTY_WHEN = conditions.nothing_delivered("port_requests")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("requested_at", "timestamp"),
            min_value=0.95,
            least_rows=100,
            description="Request times can be read",
            notes="The queue over a closed day is measured from it",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.at_night("requested_at"),
            among=conditions.readable("requested_at", "timestamp"),
            max_value=0.25,
            least_rows=100,
            description="Customers ask by day, not by night",
            notes=(
                "Many requests between midnight and six mean times of another zone, and "
                "days off by one"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("processed_on", "date"),
            among="status = 'completed'",
            min_value=0.98,
            least_rows=50,
            description="Completed requests name the day they were processed",
            notes="Ports count on this day and on no other",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="status = 'completed'",
            among="status <> 'requested'",
            min_value=0.6,
            least_rows=50,
            description="Most requests that were settled were completed",
            notes=(
                "Refused and withdrawn requests are the exception; an export of "
                "exceptions has no leavers"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="coalesce(donor_carrier = recipient_carrier, true)",
            max_value=0.02,
            least_rows=100,
            description="Donor and recipient are different carriers",
            notes=("A move within a carrier is no port and would inflate both sides of the flow"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "avg(date_diff('day', try_cast(requested_at as timestamp), "
                "try_cast(processed_on as date)))"
            ),
            min_value=0,
            max_value=10,
            none_is_plausible=True,
            description="A port takes less than ten days on average",
            notes=(
                "Longer waits are days of another event in one of the two columns; below "
                "zero they are swapped"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
