"""Bill items as delivered.

Are these the charges of leaving, in won, and do they name a contract? To be plausible this table
must answer: are amounts of the size of a fee, do fee items name the contract they come from, can
the day of billing be read, and are most items paid in the end?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("item_id", "contract_id")
EMPTY_WHEN = conditions.nothing_delivered("bill_items")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("billed_on", "date"),
            min_value=0.95,
            least_rows=100,
            description="Days of billing can be read",
            notes="The month a charge belongs to is told by it",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("contract_id"),
            among="item_kind in ('selective_return', 'subsidy_clawback')",
            min_value=0.9,
            least_rows=50,
            description="Fee items name their contract",
            notes="A fee without its contract can be neither recomputed nor refunded",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(try_cast(amount_krw as bigint))",
            min_value=1000,
            max_value=2000000,
            description="An item is 1,000 to 2,000,000 won on average",
            notes="Thousands of won, or another currency, in a column of won",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("paid_on"),
            min_value=0.33,
            least_rows=100,
            description="A third of the items is paid at least",
            notes=(
                "Only what was paid is refunded; an export without payments would refund nothing"
            ),
            severity=kinds.WARNING,
        ),
    ]
