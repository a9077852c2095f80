"""Micropayments, current version.

Are disputed ones a small part of ordinary traffic? To be plausible this table must answer: are
amounts those of small payments, and do payments spread over lines?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("payment_id", "line_key")
EMPTY_WHEN = conditions.nothing_accepted("micropayments")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="amount_krw = 0",
            max_value=0.05,
            least_rows=20,
            description="Payments of nought won are rare",
            notes="Authorisations without a payment do not belong here",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="count(*) / cast(nullif(count(distinct line_key), 0) as double)",
            max_value=100,
            description="A line pays at most a hundred times on average",
            notes="A join in the exporting system multiplied rows, or lines share a key",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="amount_krw > 5000000",
            max_value=0.001,
            least_rows=20,
            description="Payments above five million won are rare",
            notes="Carrier billing is capped by the month: won were multiplied",
            severity=kinds.CRITICAL,
        ),
    ]
