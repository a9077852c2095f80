"""Contracts, current version.

Are terms and benefits those of a consumer contract? To be plausible this table must answer: is a
benefit given once and not twice, is no discount larger than the dearest plan costs, and do terms
last between half a year and four years?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("contract_id", "line_key")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="monthly_discount_krw > 0 and subsidy_krw > 0",
            max_value=0.02,
            description="A contract gives a discount or a subsidy, not both",
            notes="The customer chooses one; with both a fee would be recomputed twice",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectColumnValuesToBeBetween(
            column="term_months",
            min_value=6,
            max_value=48,
            mostly=0.98,
            description="Terms last between six and forty-eight months",
            notes="Other terms have no fee rule",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select count(*) as contracts, max(monthly_discount_krw) as largest_discount_krw
                from {batch}
                where monthly_discount_krw > (select max(monthly_fee_krw) from reference.ref_plans)
                having contracts > 0
                """,
            description="No monthly discount is larger than the dearest plan costs",
            notes=(
                "The discount of the whole term, not of a month: fees would be many times too high"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="count(*) / cast(nullif(approx_count_distinct(line_key), 0) as double)",
            max_value=3,
            description="A line has at most three contracts on average",
            notes="More are versions of one contract under several ids",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="monthly_discount_krw <= 0 and subsidy_krw <= 0",
            max_value=0.1,
            description="At most a tenth of the contracts gives nothing",
            notes="Nothing would have to be given back",
            severity=kinds.CRITICAL,
        ),
    ]
