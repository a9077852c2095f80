"""Customers by state of their enrolment.

Is everybody enrolled who was to be? To be plausible this table must answer: are enough enrolled of
those who were due, and is a sensible part of all customers due?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "age_state", "state")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from reconciliation.rpt_batch_conservation "
    "where entity = 'insurance_enrolments') or not exists (select 1 from core.dim_programmes "
    "where kind = 'insurance')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    completeness.programme_id,
                    sum(completeness.customers) as due,
                    sum(completeness.customers) filter (where state = 'missing') as missing
                from {batch} as completeness
                where
                    is_due
                    and exists (
                        select 1 from compensation.fct_insurance_covers as covers
                        where covers.programme_id = completeness.programme_id
                    )
                group by completeness.programme_id
                having due >= 100 and missing > 0.05 * due
                """,
            description="At most one in twenty of those due is missing once enrolment has begun",
            notes=(
                "The promise was to enrol them without an application; see "
                "fct_insurance_entitlements for who is missing"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    programme_id,
                    sum(customers) as customers,
                    coalesce(sum(customers) filter (where is_due), 0) as due
                from {batch}
                where min_age is not null
                group by programme_id
                having
                    sum(customers) >= 1000
                    and (due < 0.005 * sum(customers) or due > 0.8 * sum(customers))
                """,
            description="Between one customer in two hundred and four of five are old enough",
            notes="An age limit in other units, or birth dates in the wrong century",
            severity=kinds.CRITICAL,
        ),
    ]
