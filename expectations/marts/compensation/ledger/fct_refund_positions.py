"""What each line was charged, and what became of it.

Is the compensation going where it should? To be plausible this table must answer: is little paid
that is not owed, and do some keep paying their fee?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key",)
EMPTY_WHEN = "(select count(*) = 0 from compensation.fct_termination_fees)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="sum(undue_krw) / cast(nullif(sum(payable_krw), 0) as double)",
            min_value=0,
            max_value=0.1,
            none_is_plausible=True,
            description="At most a tenth of what was ever owed was paid without being owed",
            notes="Look at fct_waiver_decisions where is_disagreement: who was paid, and why",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="sum(waived_krw) / cast(nullif(sum(charged_krw), 0) as double)",
            min_value=0,
            max_value=0.95,
            none_is_plausible=True,
            description="At least a twentieth of the fees charged is kept",
            notes="Fees of lines that left outside the window stay; else a rule waives all",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="outstanding_krw > 0",
            among="payable_krw > 0",
            min_value=0,
            max_value=0.9,
            least_rows=1000,
            description="One line in ten that is owed money has been paid in full",
            notes="Hardly anybody paid: the payment runs are missing from the exports",
            severity=kinds.WARNING,
        ),
    ]
