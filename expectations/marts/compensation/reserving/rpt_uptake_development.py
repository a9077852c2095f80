"""Development of take-up by cohort and lag.

Does take-up look like people claiming what they are entitled to? To be plausible this table must
answer: do cohorts take up no more than they were entitled to, is an amount taken up of the size of
a person's claim, and does anything come after the first lag?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "cohort_on", "lag")
EMPTY_WHEN = (
    "(select count(*) = 0 from compensation.fct_uptake_events)"
    " or not exists (select 1 from core.dim_programmes)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="cumulative_takers > entitled_count",
            max_value=0.01,
            least_rows=20,
            description="Hardly any cohort is taken up by more holders than it has",
            notes="Claims were joined to the wrong cohorts, or entitlements are missing",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(incremental_krw) filter (where entitled_krw is not null)"
                " / nullif(sum(incremental_takers) filter (where entitled_krw is not null), 0)"
            ),
            min_value=1000,
            max_value=2000000,
            none_is_plausible=True,
            description="A claim taken up is 1,000 to 2,000,000 won on average",
            notes="Thousands of won, or amounts of several lines in one claim",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(case when lag > 0 then incremental_takers else 0 end)"
                " / nullif(sum(incremental_takers), 0)"
            ),
            min_value=0.01,
            none_is_plausible=True,
            description="Something is taken up after the first lag",
            notes="Every event on the day of entitlement: the days of claims are not delivered",
            severity=kinds.WARNING,
        ),
    ]
