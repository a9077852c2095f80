"""Stock and change of lines by day.

Does the park move like a park? To be plausible this table must answer: does any day lose or gain
a large part of the park, is no day missing, and does the park neither double nor halve?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("service_date", "segment_kind", "segment")

EMPTY_WHEN = conditions.only_the_opening_known()


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    daily.service_date, daily.opening_lines, daily.deactivations, daily.gross_adds
                from {batch} as daily
                inner join core.dim_dates as dates on daily.service_date = dates.date
                where
                    daily.segment_kind = 'total'
                    and daily.opening_lines >= 1000
                    and greatest(daily.deactivations, daily.gross_adds)
                    > case when dates.is_leave_window then 0.05 else 0.01 end * daily.opening_lines
                """,
            description="No day loses or gains a hundredth of the park, in a window a twentieth",
            notes=(
                "An ordinary day changes less than one line in a thousand, and even the worst day "
                "of an incident less than one in a hundred; this is a batch dated on one day"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    min(service_date) as first_day,
                    max(service_date) as last_day,
                    count(distinct service_date) as days
                from {batch}
                having days <> 1 + date_diff('day', first_day, last_day)
                """,
            description="No day is missing between the first and the last",
            notes="A missing day breaks the chain from closing to opening stock",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    arg_min(opening_lines, service_date) as first_opening,
                    arg_max(closing_lines, service_date) as last_closing
                from {batch}
                where segment_kind = 'total'
                having
                    first_opening > 0
                    and last_closing not between 0.5 * first_opening and 2 * first_opening
                """,
            description="The park neither halves nor doubles",
            notes=(
                "The opening delivery was a part of the park only, or lines were delivered twice"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
