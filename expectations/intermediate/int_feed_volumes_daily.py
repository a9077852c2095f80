"""What came on each day, beside the days like it.

Did every feed come when it was due, and was any day busy without a reason? To be plausible this
table must answer: is a feed silent longer than chance explains, does an ordinary day bring more
than days like it, and does it bring far less?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("feed", "service_date")
# Windows, closed days and outages are known from registers, so that a real surge does not stop a
# run and a silent feed does. A surge on a day that no register knows stops it as well: it is a file
# delivered twice or a column of days that collapsed; should it be real, it is an event that belongs
# into ref_service_events before figures are published.
# Nothing is watched before a day lies between two deliveries.
EMPTY_WHEN = (
    "(select coalesce(date_diff('day', min(batch_date), max(batch_date)), 0) < 2 "
    "from staging.stg_operator__batch_files)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="chance_of_silence < silence_odds",
            description="No feed is silent on days on which it is due",
            notes=(
                "Files that never came would read as days without leavers. An outage on record "
                "is a row of ref_service_events and excuses the feeds of its scope"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="actual > typical_high and surge_reason is null",
            description="No day without a reason brings more than days like it",
            notes=(
                "A file delivered twice, or a clean-up dated on one day. Should it be real, put "
                "the event into ref_service_events; windows of incidents are known already"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="actual > 0 and actual < typical_low and quiet_reason is null and is_due",
            description="No day without a reason brings far less than days like it",
            notes=(
                "A part of a file, or a day cut off: see whether the next delivery makes up for "
                "it, and record the outage"
            ),
            severity=kinds.WARNING,
        ),
    ]
