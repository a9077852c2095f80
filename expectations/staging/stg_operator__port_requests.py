"""Port requests, current version.

Is this traffic to and from the operator's network? To be plausible this table must answer: does
every port touch the operator's network, how long do customers wait, and does no month pass
without a port?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("port_id",)
EMPTY_WHEN = conditions.nothing_accepted("port_requests")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as ports,
                    count(*) filter (
                        where donors.host_carrier <> operator.carrier_code
                        and recipients.host_carrier <> operator.carrier_code
                    ) as elsewhere
                from {batch} as requests
                inner join reference.ref_carriers as donors
                    on requests.donor_carrier = donors.carrier_code
                inner join reference.ref_carriers as recipients
                    on requests.recipient_carrier = recipients.carrier_code
                inner join reference.ref_carriers as operator on operator.is_operator
                having ports >= 50 and elsewhere > 0.01 * ports
                """,
            description="Hardly any port passes the operator's network by",
            notes=(
                "Ports between others are another export, or the register names another operator"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="date_diff('day', requested_at, processed_on) > 10",
            among="status = 'completed'",
            max_value=0.02,
            least_rows=100,
            description="At most one completed port in fifty waits longer than ten days",
            notes=("The queue over holidays is shorter; the processed day may be another date"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="status = 'reversed'",
            among="processed_on is not null",
            max_value=0.05,
            least_rows=100,
            description="Few ports are undone",
            notes="A reversed port is no leaver; many are a change of meaning of the code",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    min(processed_on) as first_port,
                    max(processed_on) as last_port,
                    count(distinct date_trunc('month', processed_on)) as months_with_ports
                from {batch}
                where processed_on is not null
                having months_with_ports < 1 + date_diff('month', first_port, last_port)
                """,
            description="No month passes without a port",
            notes="A month without a port is a month of ports that was never delivered",
            severity=kinds.CRITICAL,
        ),
    ]
