"""Charges of leaving, current version.

Are they billed to lines that left, once they left? To be plausible this table must answer: did
the lines end that are charged, is payment after billing, and are charges neither nought nor
enormous?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("item_id", "line_key")
EMPTY_WHEN = conditions.nothing_accepted("bill_items")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select count(*) as items, count(lines.line_key) as on_ended_lines
                from {batch} as items
                left join staging.stg_operator__lines as lines
                    on items.line_key = lines.line_key and lines.terminated_on is not null
                having items >= 50 and on_ended_lines < 0.9 * items
                """,
            description="Nine of ten charges concern lines that ended",
            notes=(
                "Charges of leaving fall due on leaving; other bill items would be "
                "refunded by mistake"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="paid_on < billed_on",
            among="paid_on is not null",
            max_value=0.02,
            least_rows=50,
            description="Hardly any item is paid before it is billed",
            notes="The two columns are swapped, or one is another date",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="amount_krw > 3000000",
            max_value=0.01,
            least_rows=50,
            description="Items above three million won are rare",
            notes="No subsidy is that large: won were multiplied",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="amount_krw = 0",
            max_value=0.1,
            least_rows=50,
            description="At most a tenth of the items is nought",
            notes="Items without an amount are placeholders",
            severity=kinds.WARNING,
        ),
    ]
