"""Fees that contracts and rules yield.

Are they what a customer could owe? To be plausible this table must answer: does a rule apply to
nearly every contract, is no fee above what the customer received, and is there a fee at all in a
good part of the cases?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "contract_id")
EMPTY_WHEN = (
    "(select count(*) = 0 from staging.stg_operator__lines where terminated_on is not null)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="rule_id is not null",
            min_value=0.95,
            least_rows=50,
            description="A fee rule applies to nearly every ended contract",
            notes=(
                "Contracts of a kind, term or age for which the register has no rule: "
                "their fee is unknown"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="base_krw",
            column_B="recomputed_krw",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
            description="No fee is above what the customer received",
            notes=(
                "The largest fee is the whole discount or subsidy received; a rule with "
                "wrong numbers exceeds it"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(nullif(recomputed_krw, 0))",
            min_value=1000,
            max_value=2000000,
            none_is_plausible=True,
            description="A fee is 1,000 to 2,000,000 won on average where there is one",
            notes=("Rules with wrong numbers: a factor of a hundred or of the days of a month"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="recomputed_krw > 0",
            among="not has_run_out",
            min_value=0.05,
            max_value=0.9999,
            least_rows=200,
            description=(
                "Between a twentieth and all but a hundredth of running contracts yield a fee"
            ),
            notes="All or none: the day of termination is missing or the grace period is",
            severity=kinds.WARNING,
        ),
    ]
