"""What other terms would cost.

Are these prices of policies or errors of a register? To be plausible this table must answer: does a
scenario cost more than is billed, does an entitled line cost what a fee costs, does the reference
refuse some and entitle some, is the take-up a take-up, and do scenarios change anything at all?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("scenario_id", "cost_part", "segment_kind", "segment", "reason_code")
EMPTY_WHEN = (
    "(select count(*) = 0 from churn.fct_deactivations) or not exists (select 1 from "
    "core.dim_programmes where kind = 'fee_waiver' and not is_victims_only)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select scenario_id, cost_part, segment_kind, segment, reason_code
                from {batch}
                where cost_krw > charged_krw
                """,
            description="No scenario gives up more than was billed",
            notes="Percentages above 100, or items counted once per scenario too often",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select scenario_id, sum(lines) as lines, sum(cost_krw) as cost_krw
                from {batch}
                where segment_kind = 'total' and reason_code = 'eligible'
                group by scenario_id
                having lines >= 100 and cost_krw / lines not between 500 and 2000000
                """,
            description="An entitled line costs 500 to 2,000,000 won on average",
            notes="Thousands of won in a cap, or a scenario that covers nothing",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    scenario_id,
                    sum(lines) as lines,
                    sum(lines) filter (where reason_code = 'eligible') as entitled
                from {batch}
                where is_reference and segment_kind = 'total'
                group by scenario_id
                having lines >= 200 and coalesce(entitled, 0) in (0, lines)
                """,
            description="The policy in force entitles some and refuses some",
            notes="All deltas are against it: if it decides nothing, they say nothing",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(expected_cost_krw) filter (where cost_part = 'termination_fees') / "
                "cast(nullif(sum(cost_krw) filter (where cost_part = 'termination_fees'), 0) "
                "as double)"
            ),
            min_value=0.3,
            max_value=1,
            none_is_plausible=True,
            description="Three tenths or more of what is entitled are expected to be claimed",
            notes="A take-up written as a share where percent are asked for, or the other way",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select count(*) as scenarios, count(*) filter (where not changes) as idle
                from (
                    select
                        scenario_id,
                        bool_or(delta_lines <> 0 or delta_expected_krw <> 0) as changes
                    from {batch}
                    where not is_reference
                    group by scenario_id
                )
                having scenarios >= 4 and idle * 2 > scenarios
                """,
            description="Half of the scenarios or more change something",
            notes=(
                "A reading may turn out to change nothing; when most do, what they override "
                "is not read"
            ),
            severity=kinds.WARNING,
        ),
    ]
