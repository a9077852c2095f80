"""Fees charged against fees recomputed.

Do they agree on the whole? To be plausible this table must answer: does the sum charged come near
the sum due, and are most single fees right?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "contract_id", "rule_id")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_deactivations)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="sum(charged_krw) / cast(nullif(sum(recomputed_krw), 0) as double)",
            min_value=0.5,
            max_value=2,
            none_is_plausible=True,
            description="The sum charged is between half and twice the sum due",
            notes=(
                "Single differences are findings; a factor on the whole is a wrong rule "
                "or a missing bill run"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="difference_krw = 0",
            among="charged_krw > 0 and recomputed_krw is not null",
            min_value=0.8,
            least_rows=200,
            description="At least four of five fees are charged as the rule says",
            notes="Most fees wrong means that the rule in the register is wrong",
            severity=kinds.CRITICAL,
        ),
    ]
