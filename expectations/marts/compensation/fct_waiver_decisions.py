"""Who is entitled to the waiver, by policy version.

Do rules, claims and operator agree on the whole? To be plausible this table must answer: are some
entitled and some not, do those who claim mostly have a right to, is little paid without one, and
does the operator mostly decide as the terms say?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("policy_version", "line_key")
EMPTY_WHEN = (
    "(select count(*) = 0 from churn.fct_deactivations) or not exists (select 1 from "
    "core.dim_programmes where kind = 'fee_waiver')"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    policy_id,
                    policy_version,
                    count(*) as lines,
                    count(*) filter (where is_eligible) as entitled
                from {batch}
                where is_current and path is not null
                group by policy_id, policy_version
                having
                    lines >= 200
                    and (entitled = 0 or entitled = lines)
                    and count(*) filter (where reason_code = 'not_a_confirmed_victim') = 0
                """,
            description=(
                "A binding policy for all entitles some and refuses some of those who left"
            ),
            notes=(
                "Everybody or nobody: a rule of the register compares with the wrong date "
                "or code; policies for victims alone are left out"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="is_disagreement",
            among="is_current and operator_decision in ('accepted', 'rejected')",
            max_value=0.1,
            least_rows=100,
            description="At most one decided claim in ten was decided against the terms",
            notes=(
                "Single errors are findings; many mean that the terms in the register are "
                "not those applied"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(paid_krw) filter (where is_current) / cast(nullif(sum(payable_krw) "
                "filter (where is_current), 0) as double)"
            ),
            max_value=1.2,
            none_is_plausible=True,
            description="At most a fifth more is paid than is payable",
            notes="Payments to people without a right to, or a payment run that ran twice",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(nullif(covered_krw, 0))",
            min_value=1000,
            max_value=2000000,
            none_is_plausible=True,
            description="A covered fee is 1,000 to 2,000,000 won on average",
            notes="Thousands of won, or fees of several contracts added up",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="is_eligible",
            among="is_current and claim_id is not null",
            min_value=0.5,
            least_rows=100,
            description="Most claims are of people entitled by the current terms",
            notes=(
                "People try, but most claim with a right to; else claims were joined to "
                "the wrong lines"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
