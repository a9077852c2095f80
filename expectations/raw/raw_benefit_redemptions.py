"""Partner discounts used, as delivered.

Are these small discounts of which the operator bears a part? To be plausible this table must
answer: does the operator bear no more than the discount, is a discount of the size of a coffee or
a ticket, and is more than one category used?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("redemption_id",)
EMPTY_WHEN = conditions.nothing_delivered("benefit_redemptions")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=(
                "try_cast(carrier_share_krw as bigint) > try_cast(face_value_krw as bigint)"
            ),
            max_value=0.01,
            least_rows=20,
            description="The operator bears at most the face value",
            notes="The two amounts may be swapped; the cost would be overstated",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(try_cast(face_value_krw as bigint))",
            min_value=100,
            max_value=100000,
            description="A discount is 100 to 100,000 won on average",
            notes="Thousands of won, or another currency, in a column of won",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("redeemed_on", "date"),
            min_value=0.95,
            least_rows=100,
            description="Days of use can be read",
            notes="Cost belongs to the month of use",
            severity=kinds.CRITICAL,
        ),
    ]
