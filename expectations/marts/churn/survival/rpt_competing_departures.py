"""Incidence of departures by way out.

Do customers have more than one way out? To be plausible this table must answer: do several ways
share those who leave, and does none of them take half of the park?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = (
    "time_origin",
    "incident_id",
    "stratum_kind",
    "stratum",
    "day_number",
    "kind",
    "recipient",
)
EMPTY_WHEN = (
    "(select count(*) < 1000 from core.dim_lines)"
    " or (select count(*) = 0 from churn.fct_deactivations)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "case when max(cumulative_departures) >= 100 then count(distinct case when"
                " cumulative_departures > 0 then kind || recipient end) end"
            ),
            min_value=3,
            none_is_plausible=True,
            description="Those who leave do so in three ways at least",
            notes="Kinds of termination or destinations are missing: all is one way out",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="time_origin = 'disclosure' and at_risk >= 500 and incidence > 0.5",
            description="No single way out takes half of those there at the disclosure",
            notes="An exodus takes some percent: lines and departures do not belong together",
            severity=kinds.CRITICAL,
        ),
    ]
