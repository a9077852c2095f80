"""Revenue forgone by those who left beyond the expected.

Is the counterfactual one? To be plausible this table must answer: do as many lines leave as an
incident makes leave, and is a month of a line worth a month's fee?
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
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    incident_id,
                    sum(leavers) as leavers,
                    sum(expected_thousandths) / 1000 as expected
                from {batch}
                where moved_driver_id = 'none'
                group by incident_id
                having
                    expected >= 50
                    and (leavers < 0.5 * expected or leavers > 50 * expected)
                """,
            description="Half to fifty times as many lines left as were expected to",
            notes="Periods are swapped, or lines of the quiet days were not delivered",
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
