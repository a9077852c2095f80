"""Port requests by their days and outcomes.

Are requests answered, and soon? To be plausible this table must answer: do nearly all end in a
port, do few time out or come back, and are they told of before months have passed?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("requested_on", "donor_carrier", "recipient_carrier", "outcome")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_deactivations where kind = 'port_out')"


def share_of_requests(condition: str) -> str:
    """Return the aggregate: requests with a property among all."""
    return (
        f"coalesce(sum(requests) filter (where {condition}), 0) "
        "/ cast(nullif(sum(requests), 0) as double)"
    )


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=share_of_requests("outcome = 'completed'"),
            min_value=0.8,
            description="Four of five requests end in a port",
            notes="Answers are missing, or a status of the clearing house is read as another",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=share_of_requests("outcome = 'timed_out'"),
            max_value=0.05,
            description="At most one request in twenty is never answered",
            notes=(
                "Outcomes are missing in bulk: ask for the files of the days on which the requests "
                "were due before any flow of those days is used"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=share_of_requests("undone_on is not null"),
            max_value=0.1,
            description="At most one port in ten is undone",
            notes=(
                "Ports undone are no churn; many of them make the flows of the newest days too "
                "high until they are reported"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=share_of_requests("date_diff('day', requested_on, processed_on) > 14"),
            max_value=0.02,
            description="Hardly any port waits more than two weeks",
            notes="Closed days are few; requested and processed days of different requests",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=share_of_requests("date_diff('day', processed_on, reported_on) > 62"),
            max_value=0.02,
            description="Nearly all ports are reported within two months",
            notes="Late deliveries restate the months that were already published",
            severity=kinds.WARNING,
        ),
    ]
