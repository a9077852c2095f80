"""Lines, current version.

Is this a working park from which some leave? To be plausible this table must answer: is a real
part of it the operator's own brand, do months pass without anybody leaving, how many lines does a
customer hold, do lines come from other carriers, and how many are suspended or come back?
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
        kinds.ExpectShareToBeBetween(
            condition="is_own_brand",
            min_value=0.1,
            description="At least a tenth of the lines is of the operator's own brand",
            notes=(
                "If the register marks another carrier as operator, everything is counted "
                "for the wrong one"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="terminated_on is not null",
            max_value=0.5,
            description="Ended lines are at most half of all",
            notes=(
                "A park of which most has ended is an archive, or its newest versions were lost"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    min(terminated_on) as first_end,
                    max(terminated_on) as last_end,
                    count(distinct date_trunc('month', terminated_on)) as months_with_ends
                from {batch}
                where terminated_on is not null
                having months_with_ends < 1 + date_diff('month', first_end, last_end)
                """,
            description="No month passes without a line that ends",
            notes=("A month without an end is a month of terminations that were never delivered"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="donor_carrier = network_brand",
            among="activation_kind = 'port_in'",
            max_value=0.02,
            least_rows=50,
            description="Lines that came by porting came from another brand",
            notes=(
                "A move within a brand is no port: donor and brand are the same column "
                "exported twice"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "count(*) / cast(nullif(approx_count_distinct(customer_key), 0) as double)"
            ),
            max_value=20,
            description="A customer holds at most twenty lines on average",
            notes="Far more mean that customers were joined wrongly or share a default",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition="suspended_on is not null",
            among="terminated_on is null",
            max_value=0.1,
            description="At most a tenth of the lines in service is suspended",
            notes="Suspended lines get no data; a filled column may be another date",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition="rejoined_on is not null",
            among="terminated_on is not null",
            max_value=0.1,
            least_rows=100,
            description="At most a tenth of the lines that ended came back",
            notes="Numbers given to new customers would read as people who come back",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="termination_kind is null",
            among="terminated_on is not null",
            max_value=0.02,
            least_rows=50,
            description="Lines that ended say why",
            notes="Forced ends are told from the customers' own by it",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as lines_with_a_plan,
                    count(*) filter (
                        where plans.network_brand <> lines.network_brand
                    ) as of_another_brand
                from {batch} as lines
                inner join reference.ref_plans as plans on lines.plan_code = plans.plan_code
                having lines_with_a_plan >= 100 and of_another_brand > 0.01 * lines_with_a_plan
                """,
            description="Hardly any line has a plan of another brand",
            notes=(
                "Brand and plan contradict each other: unlimited plans and fees are those "
                "of the wrong brand"
            ),
            severity=kinds.WARNING,
        ),
    ]
