"""Obligations by month.

Is nothing paid that was never owed? To be plausible this table must answer: are open amounts not
below nought, and is one obligation of the size of a person's claim?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "obligation_id", "movement_month")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from "
    "reconciliation.rpt_batch_conservation where entity in ('waiver_claims', "
    "'disputed_payments', 'benefit_choices', 'data_usage_monthly', "
    "'benefit_redemptions', 'insurance_enrolments')) or not exists (select 1 from "
    "core.dim_programmes)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="outstanding_krw < 0",
            max_value=0.02,
            least_rows=20,
            description="Hardly any obligation stands below nought",
            notes="Paid and never incurred: payments were joined to the wrong claims",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(nullif(abs(incurred_krw), 0))",
            min_value=100,
            max_value=10000000,
            none_is_plausible=True,
            description="An obligation moves 100 to 10,000,000 won on average",
            notes="Thousands of won, or amounts of a programme in the row of one person",
            severity=kinds.CRITICAL,
        ),
    ]
