"""Flow matrix on its whole frame.

Is every day there, and which are not known? To be plausible this table must answer: is the frame
whole, are few days missing, and do the three days of a port tell of the same ports?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("service_date", "donor_carrier", "recipient_carrier")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_deactivations where kind = 'port_out')"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(distinct service_date) as days,
                    count(distinct donor_carrier || '|' || recipient_carrier) as pairs,
                    count(*) as cells
                from {batch}
                having cells <> days * pairs
                """,
            description="Every pair of brands has a row on every day",
            notes="A hole in the frame reads as a day on which nobody moved",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(distinct service_date) filter (where is_processing_day)
                        as processing_days,
                    count(distinct service_date) filter (where is_feed_missing) as missing_days
                from {batch}
                having processing_days >= 30 and missing_days > 0.1 * processing_days
                """,
            description="At most one processing day in ten is missing",
            notes="The feed of port requests is broken; its sums say too little to be used",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    sum(requested_ports) as requested,
                    sum(processed_ports) as processed,
                    sum(reported_ports) as reported
                from {batch}
                having
                    processed >= 100
                    and (
                        abs(requested - processed) > 0.1 * processed
                        or abs(reported - processed) > 0.1 * processed
                    )
                """,
            description=(
                "Over all days as many ports are asked for and reported as processed, to a tenth"
            ),
            notes="One of the three days is another one, or the newest deliveries are not complete",
            severity=kinds.CRITICAL,
        ),
    ]
