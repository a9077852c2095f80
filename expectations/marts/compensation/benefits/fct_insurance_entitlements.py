"""Who was to be enrolled in an insurance, and who is.

Did the automatic route reach those it was for? To be plausible this table must answer: is hardly
anybody of age missing, hardly any age unknown, and nobody enrolled who is too young?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "customer_key")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from reconciliation.rpt_batch_conservation "
    "where entity = 'insurance_enrolments') or not exists (select 1 from core.dim_programmes "
    "where kind = 'insurance')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="age_state = 'unknown'",
            max_value=0.2,
            least_rows=100,
            description="At most one in five has no birth date",
            notes="The export of customers lacks birth dates; nobody can say who is of age",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="state in ('enrolled_too_young', 'enrolled_without_entitlement')",
            among="enrolled_on is not null",
            max_value=0.05,
            least_rows=100,
            description="The automatic route takes hardly anybody it is not for",
            notes="The run used another day or another age than the register: premiums for nothing",
            severity=kinds.CRITICAL,
        ),
    ]
