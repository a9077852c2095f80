"""The calendar.

Does it tell processing days from closed ones? To be plausible this table must answer: which part
of the days is closed, and is no stretch closed for weeks?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("date",)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="not is_processing_day",
            min_value=0.02,
            max_value=0.4,
            least_rows=60,
            description="Between one day in fifty and four in ten are closed",
            notes=(
                "All days open: nothing would queue over Sundays; too many closed: no day "
                "to process on"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select date as first_closed_day, processed_on
                from {batch}
                where date_diff('day', date, processed_on) > 14
                order by date
                """,
            description="No stretch of two weeks is closed",
            notes="Requests would wait for weeks: a month was marked closed by mistake",
            severity=kinds.CRITICAL,
        ),
    ]
