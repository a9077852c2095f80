"""Fees charged on leaving, per line and contract.

Is a fee charged once and soon? To be plausible this table must answer: is a contract charged one
item of one kind, within a quarter of the end?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "contract_id")
EMPTY_WHEN = conditions.nothing_accepted("bill_items")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="item_count > 1",
            max_value=0.05,
            least_rows=50,
            description="Nearly every fee is charged in one item",
            notes="A bill run that ran twice, or corrections booked as new items",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition="abs(date_diff('day', terminated_on, billed_on)) > 92",
            among="terminated_on is not null",
            max_value=0.05,
            least_rows=50,
            description="Nearly every fee is billed within a quarter of the end of the line",
            notes="Charges of another event, or ends that were dated later",
            severity=kinds.CRITICAL,
        ),
    ]
