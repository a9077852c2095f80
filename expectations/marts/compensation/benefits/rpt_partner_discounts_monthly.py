"""Coupons of partner discounts by category and month.

Were they redeemed as coupons are? To be plausible this table must answer: is the take-up near what
was expected, is the operator's share a part of the face value, and did redemptions have coupons?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "partner_category", "benefit_month")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from reconciliation.rpt_batch_conservation "
    "where entity = 'benefit_redemptions') or not exists (select 1 from core.dim_programmes "
    "where kind = 'partner_discount')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="carrier_share_krw > face_value_krw",
            description="The operator's share is at most the face value",
            notes="The two columns are swapped, or a share is exported in percent of the price",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="issued_count >= 1000 and redeemed_count > 0.5 * issued_count",
            description="No month sees half of its coupons redeemed",
            notes=(
                "Coupons are issued to too few lines, or redemptions of other offers are delivered "
                "with them"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "case when sum(redeemed_count) filter (where is_ended) >= 100 then "
                "sum(carrier_share_krw) filter (where is_ended) / "
                "cast(nullif(sum(expected_krw) filter (where is_ended), 0) as double) end"
            ),
            min_value=0.2,
            max_value=5,
            none_is_plausible=True,
            description="Ended months cost between a fifth and five times what was expected",
            notes="The assumptions on take-up or share need a new version: ref_partner_offers",
            severity=kinds.WARNING,
        ),
    ]
