"""Published claims against the warehouse.

Does it bear out what was said in public? To be plausible this table must answer: how many claims
can be measured, and how many of those contradict?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("claim_id", "basis")
EMPTY_WHEN = "not exists (select 1 from core.dim_programmes)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="verdict = 'contradicts'",
            among=(
                "is_published_by_as_of and verdict in ('agrees', 'agrees_only_on_basis', "
                "'contradicts')"
            ),
            max_value=0.25,
            least_rows=10,
            description="At most one measured claim in four contradicts",
            notes=(
                "Single contradictions are findings; many mean that the warehouse counts "
                "something else"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="verdict not in ('not_measurable', 'out_of_scope')",
            among="is_published_by_as_of",
            min_value=0.33,
            least_rows=20,
            description="At least a third of the claims can be measured",
            notes="A register nobody can check is a list, not a reconciliation",
            severity=kinds.WARNING,
        ),
    ]
