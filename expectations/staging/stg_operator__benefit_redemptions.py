"""Partner discounts used, current version.

Is this the use of a discount, not of a voucher machine? To be plausible this table must answer:
which part does the operator bear, and how often does a line use a discount?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("redemption_id", "line_key")
EMPTY_WHEN = conditions.nothing_accepted("benefit_redemptions")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="sum(carrier_share_krw) / cast(nullif(sum(face_value_krw), 0) as double)",
            min_value=0.1,
            description="The operator bears at least a tenth of the face value",
            notes="Below, its part is missing from most rows or stands in another unit",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="count(*) / cast(nullif(count(distinct line_key), 0) as double)",
            max_value=60,
            description="A line uses at most sixty discounts on average",
            notes="More than ten a month is a machine, or lines share a key",
            severity=kinds.CRITICAL,
        ),
    ]
