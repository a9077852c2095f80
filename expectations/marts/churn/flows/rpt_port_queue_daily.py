"""Requests waiting for their processing day.

Does the queue empty itself? To be plausible this table must answer: is it small at the end of a
processing day, and does it stay within what a few days bring?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("service_date", "direction")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_deactivations where kind = 'port_out')"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    max(waiting) as longest_queue,
                    max(asked_in_a_week) as busiest_week
                from (
                    select
                        service_date,
                        sum(waiting_closing) as waiting,
                        sum(sum(requested)) over (
                            order by service_date rows between 6 preceding and current row
                        ) as asked_in_a_week
                    from {batch}
                    group by service_date
                ) as days
                having longest_queue >= 100 and longest_queue > busiest_week
                """,
            description="Never do more wait than the busiest week asked for",
            notes="Requests come in and no answers: the queue is a feed that lost its outcomes",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    sum(waiting_closing) as waiting_in_all,
                    sum(requested) as requested_in_all
                from {batch}
                where is_processing_day
                having requested_in_all >= 100 and waiting_in_all > 2 * requested_in_all
                """,
            description="Requests wait two processing days at most on average",
            notes="Processing follows the day after at the latest; the two are not of one request",
            severity=kinds.CRITICAL,
        ),
    ]
