"""Lines that left service.

Why, when, and after how long? To be plausible this table must answer: do people also leave by
porting, is a contract known for some, and do they stay beyond the first month?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "deactivated_on")

EMPTY_WHEN = conditions.only_the_opening_known()


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="kind = 'port_out'",
            min_value=0.01,
            max_value=0.99,
            least_rows=100,
            description="Between one end in a hundred and all but one in a hundred is a port-out",
            notes="All or none: the kind of end is a constant",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="contract_month is not null",
            min_value=0.01,
            least_rows=500,
            description="A running contract is known for some of those who leave",
            notes="None: contracts were joined to the wrong lines and every fee is nought",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="tenure_months < 1",
            max_value=0.2,
            least_rows=100,
            description="Hardly anybody leaves before the first month is over",
            notes=(
                "Withdrawals within days are not churn; many mean that activation was overwritten"
            ),
            severity=kinds.WARNING,
        ),
    ]
