"""Lines that ended, with the port they left by.

Do the two sources tell the same story? To be plausible this table must answer: does nearly every
port-out have its request, and nothing else?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "terminated_on")
EMPTY_WHEN = (
    "(select count(*) = 0 from staging.stg_operator__lines where terminated_on is not null)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="recipient_carrier is not null",
            among="termination_kind = 'port_out'",
            min_value=0.95,
            least_rows=50,
            description="Nearly every port-out has a port request",
            notes=("Leavers without a request have no destination and drop out of every share"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="recipient_carrier is not null",
            among="termination_kind <> 'port_out'",
            max_value=0.02,
            least_rows=50,
            description="Only port-outs have a recipient",
            notes="Other ends were matched to ports that have nothing to do with them",
            severity=kinds.CRITICAL,
        ),
    ]
