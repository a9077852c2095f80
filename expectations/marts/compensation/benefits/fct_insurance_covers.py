"""Enrolments in insurances with their covers and premiums.

Do covers run as the terms say? To be plausible this table must answer: do nearly all end on the
right day, is nearly nobody enrolled twice, and does a cover cost what an insurance of that sort
can?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("enrolment_id",)
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from reconciliation.rpt_batch_conservation "
    "where entity = 'insurance_enrolments') or not exists (select 1 from core.dim_programmes "
    "where kind = 'insurance')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="finding in ('ends_too_early', 'ends_too_late')",
            max_value=0.2,
            least_rows=100,
            description="Four of five covers end on the right day",
            notes=(
                "Single ones are findings; many mean another length or another way to count "
                "than the register has"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="finding = 'enrolled_twice'",
            max_value=0.02,
            least_rows=100,
            description="At most one enrolment in fifty is a second one",
            notes="The automatic run was delivered twice under new ids",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="max(premium_total_krw / cast(months as double))",
            min_value=10,
            max_value=20000,
            description="A month of cover costs 10 to 20,000 won",
            notes="A premium by year, or in thousands, in the register of assumptions",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="cover_from is null or delivered_cover_to is null",
            max_value=0.05,
            least_rows=100,
            description="Nearly every cover has a first and a last day",
            notes="Without them there is no premium and no decision on losses",
            severity=kinds.WARNING,
        ),
    ]
