"""Benefits granted and used, by programme, holder and month.

Is something used, at a cost one can believe? To be plausible this table must answer: is something
used, and does a use cost what the register of assumptions can mean?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "holder_key", "benefit_month")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from "
    "reconciliation.rpt_batch_conservation where entity in ('data_usage_monthly', "
    "'benefit_redemptions', 'insurance_enrolments')) or not exists (select 1 from "
    "core.dim_programmes)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="cost_krw > 10000000 and unit <> 'won'",
            description="No single use costs ten million won",
            notes="A unit cost per line and year in place of per unit",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="used > 0",
            min_value=0.001,
            least_rows=1000,
            description="At least one grant in a thousand is used",
            notes="A feed of noughts; cost would be nought",
            severity=kinds.WARNING,
        ),
    ]
