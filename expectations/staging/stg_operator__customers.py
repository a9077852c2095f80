"""Customers, current version.

Are ages known and spread as people's are? To be plausible this table must answer: for how many is
the age unknown, and does one band hold nearly everybody?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("customer_key",)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="not is_birth_date_known",
            among="customer_type = 'person'",
            max_value=0.1,
            least_rows=100,
            description="The age of at most a tenth of the persons is unknown",
            notes="Enrolment by age leaves them out",
            severity=kinds.WARNING,
        ),
        kinds.ExpectColumnUniqueValueCountToBeBetween(
            column="age_band",
            min_value=4,
            description="Customers spread over at least four age bands",
            notes="A default birth date puts everybody into one band",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select age_band, count(*) as persons
                from {batch}
                where customer_type = 'person'
                group by age_band
                having persons > 0.6 * (select count(*) from {batch} where customer_type = 'person')
                """,
            description="No age band holds more than sixty percent of the persons",
            notes="A default birth date, or a register of bands with a hole",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="age_band = 'unknown' and is_birth_date_known",
            max_value=0.001,
            description="Hardly any person is older than any register band allows",
            notes="The register of age bands has a hole",
            severity=kinds.CRITICAL,
        ),
    ]
