"""Which assumption moves the cost of an incident.

Does anything move it, and is nothing alone able to turn it around? To be plausible this table must
answer: on which three assumptions does the total hang?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("incident_id", "driver_id")
EMPTY_WHEN = "(select count(*) = 0 from core.dim_programmes)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select incident_id, max(total_base_krw) as total_base_krw
                from {batch}
                group by incident_id
                having max(total_base_krw) > 0 and max(swing_krw) = 0
                """,
            description="Something moves the total of an incident that costs anything",
            notes="No assumption reaches the cost: a parameter was renamed in the register",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="total_base_krw > 0 and total_low_krw < 0",
            description="No driver alone turns the cost into a gain",
            notes="A low end below nought, or an excess of leavers that is none",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="total_base_krw > 0 and total_high_krw > 10 * total_base_krw",
            description="No driver alone makes the cost tenfold",
            notes="One assumption then is the whole estimate: give it a narrower range or a source",
            severity=kinds.CRITICAL,
        ),
    ]
