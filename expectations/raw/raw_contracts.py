"""Contracts as delivered.

Are these commitments with a term and a benefit, in won? To be plausible this table must answer:
do contracts fit the lines in number, do days and months of a term say the same, does a discount
contract give a discount and a subsidy contract a subsidy, and are the amounts of the size a
customer would recognise?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("contract_id",)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select contracts.contract_rows, lines.line_rows
                from (select count(*) as contract_rows from {batch}) as contracts
                cross join
                    (select count(*) as line_rows from raw.raw_lines) as lines
                where
                    contracts.contract_rows < 0.05 * lines.line_rows
                    or contracts.contract_rows > 3 * lines.line_rows
                """,
            description="There is between one contract per twenty lines and three per line",
            notes=("Fees are recomputed from contracts: without them every recomputed fee is zero"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("signed_on", "date"),
            min_value=0.98,
            least_rows=200,
            description="Days of signature can be read",
            notes="The fee rule in force is chosen by this day",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=(
                "abs(try_cast(term_days as integer) - 30.4 * try_cast(term_months as "
                "integer)) <= 31"
            ),
            min_value=0.98,
            least_rows=50,
            description="A term in days and in months agrees within a month",
            notes=(
                "The fee declines by days over the term: months in the column of days "
                "would end it at once"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="try_cast(monthly_discount_krw as bigint) > 0",
            among="contract_kind = 'selective_discount'",
            min_value=0.95,
            least_rows=50,
            description="Discount contracts give a monthly discount",
            notes="Nothing would have to be returned, so no fee could be recomputed",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="try_cast(subsidy_krw as bigint) > 0",
            among="contract_kind = 'device_subsidy'",
            min_value=0.95,
            least_rows=50,
            description="Subsidy contracts give a subsidy",
            notes="Nothing would have to be clawed back, so no fee could be recomputed",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(nullif(try_cast(monthly_discount_krw as bigint), 0))",
            min_value=1000,
            max_value=100000,
            none_is_plausible=True,
            description="A monthly discount is 1,000 to 100,000 won on average",
            notes="Thousands of won, or another currency, in a column of won",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(nullif(try_cast(subsidy_krw as bigint), 0))",
            min_value=10000,
            max_value=2000000,
            none_is_plausible=True,
            description="A subsidy is 10,000 to 2,000,000 won on average",
            notes="Thousands of won, or another currency, in a column of won",
            severity=kinds.CRITICAL,
        ),
    ]
