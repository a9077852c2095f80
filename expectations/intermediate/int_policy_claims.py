"""Claims by policy.

Is there one per line, made in time as a rule? To be plausible this table must answer: does a line
claim once as a rule, and are excuses the exception?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("policy_id", "line_key")
EMPTY_WHEN = conditions.nothing_accepted("waiver_claims")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="obstacle_ended_on is not null",
            max_value=0.1,
            least_rows=50,
            description="At most one claim in ten is excused by an obstacle",
            notes=(
                "Military service and stays abroad are exceptions; a filled column may be "
                "another date"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="count(*) / cast(nullif(count(distinct line_key), 0) as double)",
            max_value=1.5,
            description="A line claims at most one and a half times on average",
            notes=(
                "Claims of one line under several policies at once, or a join that multiplied rows"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
