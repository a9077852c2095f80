"""The trace of every decision, rule by rule.

Does no rule refuse nearly everybody? To be plausible this table must answer: which part does each
rule refuse?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("policy_version", "line_key", "rule_code")
EMPTY_WHEN = (
    "not exists (select 1 from compensation.fct_waiver_decisions where is_current and "
    "(is_eligible or claim_id is not null))"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select policy_id, policy_version, rule_code, lines, refused
                from (
                    select
                        policy_id,
                        policy_version,
                        rule_code,
                        count(*) as lines,
                        count(*) filter (where not passed) as refused
                    from {batch}
                    group by policy_id, policy_version, rule_code
                ) as rules
                where
                    lines >= 200
                    and refused > 0.95 * lines
                    and rule_code not in ('confirmed_victim', 'terminated_in_window')
                """,
            description="No rule of a policy for all refuses nineteen of twenty lines",
            notes=(
                "A threshold with the wrong year or a code nobody has; only victims' "
                "rules and windows are that narrow"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="observed is null",
            max_value=0.5,
            least_rows=200,
            description="Rules name what they observed",
            notes="A trace without the observed value explains nothing",
            severity=kinds.WARNING,
        ),
    ]
