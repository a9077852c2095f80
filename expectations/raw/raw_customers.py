"""Customers as delivered.

Are these people and companies, in the numbers lines need? To be plausible this table must answer:
do customers and lines fit in number, can birth dates be read, are they people's birth dates
rather than a system's default, and where do customers live?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ()


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select customers.customer_rows, lines.line_rows
                from (select count(*) as customer_rows from {batch}) as customers
                cross join
                    (select count(*) as line_rows from raw.raw_lines) as lines
                where
                    customers.customer_rows < 0.1 * lines.line_rows
                    or customers.customer_rows > 2 * lines.line_rows
                """,
            description="There are between one customer per ten lines and two per line",
            notes=("Two exports of different days, or of different samples, do not fit each other"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("birth_date", "date"),
            among=conditions.filled("birth_date"),
            min_value=0.95,
            least_rows=200,
            description="Birth dates can be read",
            notes=(
                "Another date format would put all ages into the unknown band and nobody "
                "would be enrolled"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("birth_date"),
            among="customer_type = 'person'",
            min_value=0.9,
            least_rows=200,
            description="Persons have a birth date",
            notes=(
                "Enrolment by age without application rests on it; old records lack it now and then"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition=(
                "month(try_cast(birth_date as date)) = 1 and day(try_cast(birth_date as date)) = 1"
            ),
            among=conditions.readable("birth_date", "date"),
            max_value=0.1,
            least_rows=200,
            description="Birth dates do not pile up on 1 January",
            notes=(
                "About one in 365 is expected; a pile is a default value and would shift "
                "the age bands"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "avg(year(try_cast(batch_date as date)) - year(try_cast(birth_date as date)))"
            ),
            min_value=20,
            max_value=75,
            description="Customers are between 20 and 75 years old on average",
            notes="Swapped centuries and default years show in the mean first",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="customer_type = 'company'",
            max_value=0.5,
            description="Natural persons are the majority",
            notes=(
                "Individual customers are those who leave, claim and are insured; an "
                "export of companies is the wrong one"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("region_code"),
            min_value=0.9,
            description="Customers have a region",
            notes="Regional results of an incident need it",
            severity=kinds.WARNING,
        ),
        kinds.ExpectColumnUniqueValueCountToBeBetween(
            column="region_code",
            min_value=2,
            description="Customers live in more than one region",
            notes="A constant here is a default of the exporting system",
            severity=kinds.WARNING,
        ),
    ]
