"""Ports by the basis on which they are counted.

Does a narrower basis count less, but not nothing? To be plausible this table must answer: is no
day larger on a narrower basis than on a wider one, and do movers between network operators make a
real part of all movers?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("processed_on", "basis", "direction", "counterparty")
EMPTY_WHEN = (
    "(select count(*) = 0 from staging.stg_operator__port_requests where processed_on is not null)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select processed_on, direction, basis, sum(ports) as ports
                from {batch} as narrower
                where basis <> 'all_destinations'
                group by processed_on, direction, basis
                having ports > (
                    select coalesce(sum(wider.ports), 0)
                    from {batch} as wider
                    where
                        wider.basis = 'all_destinations'
                        and wider.processed_on = narrower.processed_on
                        and wider.direction = narrower.direction
                )
                """,
            description="No day has more movers on a narrower basis than on all destinations",
            notes=(
                "A line that left for a network operator left at all: bases are parts of the whole"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    direction,
                    sum(ports) filter (where basis = 'mno_only') as between_operators,
                    sum(ports) filter (where basis = 'all_destinations') as all_movers
                from {batch}
                group by direction
                having all_movers >= 50 and coalesce(between_operators, 0) < 0.2 * all_movers
                """,
            description="Movers between network operators are at least a fifth of all movers",
            notes="Brands filed under the wrong class in the register of carriers",
            severity=kinds.WARNING,
        ),
    ]
