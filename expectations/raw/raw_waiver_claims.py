"""Claims for the waiver as delivered.

Are these customers' claims with a decision? To be plausible this table must answer: can claim
times be read, are decisions taken and most of them in favour, and is the account mostly the
customer's own?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("claim_id",)
EMPTY_WHEN = conditions.nothing_delivered("waiver_claims")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("claimed_at", "timestamp"),
            min_value=0.95,
            least_rows=100,
            description="Claim times can be read",
            notes="In time or late is decided to the minute",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("operator_decision"),
            min_value=0.95,
            least_rows=100,
            description="Claims have a decision or are pending",
            notes="Disagreements between operator and terms are measured against it",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="operator_decision = 'accepted'",
            among="operator_decision in ('accepted', 'rejected')",
            min_value=0.5,
            least_rows=100,
            description="Half of the decisions at least are in favour",
            notes="Mass refusal is news, or the codes are swapped",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition="lower(cast(payee_is_owner as varchar)) in ('false', 'f', '0')",
            max_value=0.2,
            least_rows=100,
            description="Accounts are mostly the customer's own",
            notes="A foreign account is the exception; the flag may be inverted",
            severity=kinds.CRITICAL,
        ),
    ]
