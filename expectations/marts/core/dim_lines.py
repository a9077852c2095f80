"""Lines as readers see them.

Are the attributes there by which results are cut? To be plausible this table must answer: for how
many lines are region and plan tier known, and how old are lines?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key",)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectColumnProportionOfNonNullValuesToBeBetween(
            column="plan_tier",
            min_value=0.98,
            max_value=1,
            description="Nearly every line has a plan tier",
            notes="A plan the register lacks takes its lines out of every cut by tier",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectColumnProportionOfNonNullValuesToBeBetween(
            column="region",
            min_value=0.9,
            max_value=1,
            description="Nine of ten lines have a region",
            notes="Regional results would describe the known rest only",
            severity=kinds.WARNING,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="(epoch(max(activated_on)) - avg(epoch(activated_on))) / 31557600",
            min_value=0.5,
            max_value=20,
            description="Lines are half a year to twenty years old on average",
            notes="A migration day in place of the day of activation, or default years",
            severity=kinds.WARNING,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="least(count(distinct plan_tier), count(distinct region))",
            min_value=2,
            description="Lines spread over more than one plan tier and region",
            notes="A constant is a default: nothing could be cut by it",
            severity=kinds.WARNING,
        ),
    ]
