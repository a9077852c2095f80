"""Ports by day, donor and recipient.

Is this the operator's traffic, every working day? To be plausible this table must answer: do
ports go out and come in, is a processing day ever empty, and does the queue stay the smaller
part?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("processed_on", "donor_carrier", "recipient_carrier")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_deactivations where kind = 'port_out')"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "least(coalesce(sum(ports) filter (where direction = 'in'), 0), "
                "coalesce(sum(ports) filter (where direction = 'out'), 0)) / "
                "cast(nullif(sum(ports), 0) as double)"
            ),
            min_value=0.01,
            description="Ports go out and come in",
            notes="One direction missing is half of an export",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "coalesce(sum(ports) filter (where direction not in ('in', 'out')), 0) / "
                "cast(nullif(sum(ports), 0) as double)"
            ),
            max_value=0.05,
            description=(
                "At most one port in twenty does not cross the edge of the operator's network"
            ),
            notes="Moves within the network or elsewhere change no stock of the operator",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as processing_days,
                    count(*) filter (where flows.processed_on is null) as empty_days
                from core.dim_dates as dates
                left join (
                    select distinct processed_on
                    from {batch}
                ) as flows on dates.date = flows.processed_on
                where
                    dates.is_processing_day
                    and dates.date between (select min(processed_on) from {batch})
                    and (select max(processed_on) from {batch})
                having processing_days >= 30 and empty_days > 0.2 * processing_days
                """,
            description=(
                "At most a fifth of the processing days between the first port and the "
                "last is empty"
            ),
            notes=(
                "Days whose ports were never delivered; in a small sample single days are "
                "empty by chance"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="sum(queued_ports) / cast(nullif(sum(ports), 0) as double)",
            max_value=0.5,
            description="Queued ports are fewer than half of all",
            notes=(
                "Requests wait over closed days only; if most wait, requested and "
                "processed days differ by mistake"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
