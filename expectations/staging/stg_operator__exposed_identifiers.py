"""Identifiers found exposed, current version.

Do the findings fit the incident they name? To be plausible this table must answer: were
identifiers seen while the incident lasted, and were they confirmed within a reasonable time?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("incident_id", "line_key", "element")
EMPTY_WHEN = conditions.nothing_accepted("exposed_identifiers")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as findings,
                    count(*) filter (
                        where findings.first_seen_on < incidents.started_on
                        or findings.first_seen_on > incidents.ended_on
                    ) as outside
                from {batch} as findings
                inner join staging.stg_operator__incidents as incidents
                    on findings.incident_id = incidents.incident_id
                having findings >= 20 and outside > 0.05 * findings
                """,
            description="Identifiers were seen while the incident lasted",
            notes=("Sightings outside are of another incident, or its dates are not up to date"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="confirmed_on > first_seen_on + 365",
            max_value=0.02,
            least_rows=20,
            description="Findings are confirmed within a year",
            notes="Later confirmations are another date",
            severity=kinds.WARNING,
        ),
    ]
