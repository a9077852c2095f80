"""Exposed identifiers as readers see them.

Do findings follow the incident in time? To be plausible this table must answer: when were
findings confirmed, and how soon are they known here?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("incident_id", "line_key", "element")
EMPTY_WHEN = (
    "(select coalesce(sum(accepted), 0) = 0 from "
    "reconciliation.rpt_batch_conservation where entity = 'exposed_identifiers')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="known_from > confirmed_on + 31",
            max_value=0.1,
            least_rows=20,
            description="Findings are known here within a month of their confirmation",
            notes=(
                "As-of questions of the time would be answered with fewer victims than were known"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) as findings,
                    count(*) filter (
                        where exposures.confirmed_on < incidents.started_on
                    ) as too_early
                from {batch} as exposures
                inner join core.dim_incidents as incidents
                    on exposures.incident_id = incidents.incident_id
                having findings >= 20 and too_early > 0.02 * findings
                """,
            description="Hardly any finding was confirmed before its incident began",
            notes="Findings of another incident, or its first day is not up to date",
            severity=kinds.CRITICAL,
        ),
    ]
