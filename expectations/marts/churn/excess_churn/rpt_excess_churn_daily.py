"""Every processing day beside what would have left without an incident.

Is the counterfactual one? To be plausible this table must answer: does the fit meet the days it was
fitted to, does its interval hold most of them, and are they recent enough to speak of now?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("segment_kind", "segment", "recipient", "processed_on")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_deactivations where kind = 'port_out')"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select segment_kind, recipient, sum(actual) as actual, sum(expected) as expected
                from {batch}
                where is_fit_day and segment_kind = 'total'
                group by segment_kind, recipient
                having
                    sum(actual) >= 50
                    and abs(sum(actual) - sum(expected)) > 0.1 * sum(actual)
                """,
            description="What left on the quiet days is what they let expect",
            notes="A feature is counted twice, or the days of the fit are not those of the design",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    recipient,
                    count(*) as days,
                    count(*) filter (where actual not between expected_low and expected_high)
                        as outside
                from {batch}
                where
                    is_fit_day
                    and segment_kind = 'total'
                    and recipient = 'all'
                    and expected_high is not null
                group by recipient
                having days >= 30 and outside > 0.2 * days
                """,
            description="Few quiet days lie outside their interval",
            notes="Days of an incident are among the quiet ones: complete ref_incident_periods",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select recipient, max(baseline_to) as baseline_to, max(processed_on) as newest_on
                from {batch}
                where segment_kind = 'total' and recipient = 'all'
                group by recipient
                having max(baseline_to) < max(processed_on) - 730
                """,
            description="The quiet days are no older than two years",
            notes="End the aftermath in ref_incident_periods once the level is back",
            severity=kinds.WARNING,
        ),
    ]
