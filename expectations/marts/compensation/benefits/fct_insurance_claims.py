"""Claims on the insurances, decided by the terms.

Does the insurer decide as the terms say? To be plausible this table must answer: is most of what is
claimed covered, and is most of what is paid owed?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("insurance_claim_id",)
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from reconciliation.rpt_batch_conservation "
    "where entity = 'insurance_claims') or not exists (select 1 from core.dim_programmes "
    "where kind = 'insurance')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="is_covered",
            min_value=0.3,
            least_rows=50,
            description="Three of ten claims at least are covered",
            notes="Days of cover in the wrong year, or claims joined to the wrong enrolments",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="loss_krw > 10000000000",
            description="Nobody loses ten thousand million won",
            notes="An amount in another unit",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="finding in ('paid_without_cover', 'overpaid', 'underpaid')",
            among="paid_krw > 0",
            max_value=0.3,
            least_rows=50,
            description="Seven of ten payments are as the terms say",
            notes="The terms in ref_insurance_terms are not those of the insurer: bring a version",
            severity=kinds.WARNING,
        ),
    ]
