"""What lines and customers did from month to month.

Is most of the park simply still there? To be plausible this table must answer: is nearly everybody
retained, and is nobody's past unknown once the deliveries have begun?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("month", "counted_unit", "movement_class")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    month,
                    counted_unit,
                    sum(units) filter (where movement_class = 'retained') as retained,
                    sum(units) filter (where movement_class in ('retained', 'churned')) as before
                from {batch}
                group by month, counted_unit
                having before >= 1000 and retained < 0.9 * before
                """,
            description="Nine of ten that were in service still are a month later",
            notes="An exodus is a few percent; this is a delivery that lost a part of the park",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    month,
                    counted_unit,
                    sum(units) filter (where movement_class = 'rejoined') as rejoined,
                    sum(units) filter (where movement_class in ('new', 'rejoined')) as came
                from {batch}
                group by month, counted_unit
                having came >= 1000 and rejoined > 0.5 * came
                """,
            description="Fewer than half of those who come were there before",
            notes=(
                "Every newcomer an old acquaintance: numbers or customer ids are given out again "
                "and read as the same person"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select month, counted_unit, units
                from {batch}
                where
                    movement_class = 'unknown'
                    and units > 0
                    and month > (select min(month) from {batch})
                """,
            description="Nobody's past is unknown after the month of the opening delivery",
            notes="A month without the one before it: a gap in what is observed",
            severity=kinds.CRITICAL,
        ),
    ]
