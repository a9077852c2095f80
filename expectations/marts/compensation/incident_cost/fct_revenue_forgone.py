"""Revenue forgone by those who left beyond the expected.

Is the counterfactual one? To be plausible this table must answer: is the baseline long enough to
average over, did the window lose more than it, and is a month of a line worth a month's fee?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("incident_id", "plan_code", "moved_driver_id", "side")
#: Nothing is forgone before anybody could leave for the incident.
EMPTY_WHEN = (
    "(select coalesce(sum(krw), 0) = 0 from compensation.fct_incident_cost_lines "
    "where cost_group = 'revenue forgone')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="baseline_days < 20",
            description="A baseline has twenty processing days",
            notes="An average of fewer days is weather: deliver the days before, or move it",
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    incident_id,
                    sum(window_leavers) / cast(max(window_days) as double) as in_window,
                    sum(baseline_leavers) / cast(max(baseline_days) as double) as before_it
                from {batch}
                where moved_driver_id = 'none' and window_days >= 5
                group by incident_id
                having
                    sum(baseline_leavers) >= 50
                    and (
                        sum(window_leavers) * max(baseline_days)
                        < sum(baseline_leavers) * max(window_days)
                        or sum(window_leavers) * max(baseline_days)
                        > 50 * sum(baseline_leavers) * max(window_days)
                    )
                """,
            description="A window loses more lines a day than its baseline, up to fifty times",
            notes="Periods are swapped, or lines of one of them were not delivered",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select lost.incident_id, lost.plan_code, lost.month_krw, plans.monthly_fee_krw
                from {batch} as lost
                inner join core.dim_plans as plans
                    on lost.plan_code = plans.plan_code
                where lost.month_krw > plans.monthly_fee_krw
                """,
            description="A month without a line costs no more than its list price",
            notes="A share above one, or a price in another unit",
            severity=kinds.CRITICAL,
        ),
    ]
