"""Enrolments in the insurance, current version.

Are automatic ones those of the older customers? To be plausible this table must answer: are
customers enrolled without application old enough for it, is one customer insured once, and do
some apply?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("enrolment_id", "customer_key")
EMPTY_WHEN = conditions.nothing_accepted("insurance_enrolments")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as automatic,
                    count(*) filter (where bands.max_age < programmes.min_age) as too_young
                from {batch} as enrolments
                inner join reference.ref_age_bands as bands
                    on enrolments.age_at_enrolment_band = bands.band_code
                cross join (
                    select min(min_auto_enrol_age) as min_age
                    from reference.ref_programmes
                    where min_auto_enrol_age is not null
                ) as programmes
                where enrolments.route = 'automatic'
                having automatic >= 20 and too_young > 0.1 * automatic
                """,
            description=(
                "Nine of ten automatic enrolments are of customers of the age the programme names"
            ),
            notes=(
                "Confirmed victims are enrolled at any age; beyond them the rule by age "
                "was not kept"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "count(*) / cast(nullif(approx_count_distinct(customer_key), 0) as double)"
            ),
            max_value=1.5,
            description="A customer is enrolled at most one and a half times on average",
            notes="A customer is insured once per programme",
            severity=kinds.CRITICAL,
        ),
    ]
