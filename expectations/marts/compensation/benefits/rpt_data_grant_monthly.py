"""Data grants by programme, month and state.

Is the grant used as grants are? To be plausible this table must answer: do a few draw on it and not
most, no more than it gives, and hardly anybody who has none?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "benefit_month", "state")
EMPTY_WHEN = (
    "not exists (select 1 from core.dim_programmes where kind = 'data' and starts_on <= "
    "(select max(batch_date) from reconciliation.rpt_batch_conservation))"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    programme_id,
                    benefit_month,
                    sum(lines) filter (where state = 'used') as used_lines,
                    sum(lines) filter (where state in ('used', 'unused')) as gaining_lines
                from {batch}
                group by programme_id, benefit_month
                having gaining_lines >= 1000 and used_lines > 0.8 * gaining_lines
                """,
            description="In no month four of five lines draw on a grant",
            notes="Ordinary traffic is exported as use of the grant; its cost would be overstated",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsWhere(
            condition="state = 'used' and used_gb > 1.5 * entitled_gb",
            description="No month's use is half as much again as the grant",
            notes="Megabytes delivered as gigabytes",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "case when sum(lines) filter (where state in ('used', 'not_entitled')) >= 200 "
                "then sum(lines) filter (where state = 'not_entitled') / "
                "cast(sum(lines) filter (where state in ('used', 'not_entitled')) as double) end"
            ),
            max_value=0.1,
            none_is_plausible=True,
            description="At most one recorded grant in ten is of a line that has none",
            notes=(
                "Single ones are findings; many mean that the rules of the register are not "
                "those applied: see fct_benefit_findings"
            ),
            severity=kinds.WARNING,
        ),
    ]
