"""Enrolments in the insurance as delivered.

Who is covered, from when to when? To be plausible this table must answer: does cover last for
years rather than days, does it start with the enrolment or later, and do enrolments fit the
customers in number?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("enrolment_id",)
EMPTY_WHEN = conditions.nothing_delivered("insurance_enrolments")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=(
                "date_diff('day', try_cast(cover_from as date), try_cast(cover_to as "
                "date)) between 180 and 1830"
            ),
            min_value=0.95,
            least_rows=20,
            description="Cover lasts between half a year and five years",
            notes="Premiums are paid by insured months; other spans are another product",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="try_cast(cover_from as date) < try_cast(enrolled_on as date)",
            max_value=0.02,
            least_rows=20,
            description="Cover starts on the day of enrolment or later",
            notes="Cover before enrolment insures losses that were known",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select enrolments.enrolment_rows, customers.customer_rows
                from (select count(*) as enrolment_rows from {batch}) as enrolments
                cross join (select count(*) as customer_rows from raw.raw_customers) as customers
                where enrolments.enrolment_rows > 2 * customers.customer_rows
                """,
            description="There are at most two enrolment rows per customer row",
            notes=(
                "A customer is insured once per programme: a join in the exporting system "
                "multiplied rows"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
