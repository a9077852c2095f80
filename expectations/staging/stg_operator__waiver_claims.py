"""Claims for the waiver, current version.

Are they claims of people who left, decided in time? To be plausible this table must answer: did
the lines end that are claimed for, are old claims decided, and does a refusal give its reason?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("claim_id", "line_key")
EMPTY_WHEN = conditions.nothing_accepted("waiver_claims")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select count(*) as claims, count(lines.line_key) as on_ended_lines
                from {batch} as claims
                left join staging.stg_operator__lines as lines
                    on claims.line_key = lines.line_key and lines.terminated_on is not null
                having claims >= 50 and on_ended_lines < 0.8 * claims
                """,
            description="Eight of ten claims concern lines that ended",
            notes="People try, but most claims follow a termination",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as old_claims,
                    count(*) filter (where operator_decision = 'pending') as pending
                from {batch}
                where claimed_at < (select max(loaded_on) from {batch}) - interval 60 day
                having old_claims >= 50 and pending > 0.2 * old_claims
                """,
            description="Eight of ten claims older than two months are decided",
            notes="Decisions that are not delivered read as claims that are still open",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition="operator_reason is not null",
            among="operator_decision = 'rejected'",
            min_value=0.8,
            least_rows=20,
            description="Refusals give a reason",
            notes="Disagreements are explained by it",
            severity=kinds.WARNING,
        ),
    ]
