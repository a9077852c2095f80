"""Identifiers found exposed, as delivered.

Is this a finding about some lines of the park? To be plausible this table must answer: how much
of the park is exposed, was each finding confirmed after the first sighting, and does it say
where?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("incident_id", "element", "access_point_id")
EMPTY_WHEN = conditions.nothing_delivered("exposed_identifiers")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select exposed.exposed_rows, lines.line_rows
                from (select count(*) as exposed_rows from {batch}) as exposed
                cross join (select count(*) as line_rows from raw.raw_lines) as lines
                where exposed.exposed_rows > 3 * lines.line_rows
                """,
            description=(
                "At most one exposed identifier of each of three elements per line of the park"
            ),
            notes=(
                "More findings than identifiers exist: a join in the exporting system "
                "multiplied rows"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("confirmed_on", "date"),
            min_value=0.95,
            least_rows=20,
            description="Findings say when they were confirmed",
            notes="Victims' rights and public counts start on this day",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="try_cast(confirmed_on as date) < try_cast(first_seen_on as date)",
            max_value=0.02,
            least_rows=20,
            description="Findings were confirmed after the first sighting",
            notes="The other way round the two columns are swapped",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("access_point_id"),
            min_value=0.5,
            least_rows=20,
            description="Findings name the access point",
            notes="It is what ties a line to the incident; some sources know none",
            severity=kinds.WARNING,
        ),
    ]
