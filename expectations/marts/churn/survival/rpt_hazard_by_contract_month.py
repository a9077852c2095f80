"""Hazard by month of the contract.

Do commitments bind? To be plausible this table must answer: does no month of a contract lose a
third of its lines, and is a contract left more just after its term than within it?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("contract_kind", "term_months", "contract_month")
EMPTY_WHEN = conditions.either(
    "(select count(*) = 0 from core.dim_lines where contract_kind <> 'none')",
    conditions.only_the_opening_known(),
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="line_months >= 500 and hazard > 0.333",
            description="No month of a contract loses a third of its lines",
            notes="Exposure is missing: contracts are followed from too late or replaced too early",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "case when sum(departures) >= 500 then"
                " (sum(case when months_after_term in (1, 2) then departures end)"
                " / sum(case when months_after_term in (1, 2)"
                " then cast(line_months as double) end))"
                " / (sum(case when months_after_term < 0 then departures end)"
                " / sum(case when months_after_term < 0 then cast(line_months as double) end)) end"
            ),
            min_value=1,
            none_is_plausible=True,
            description="Contracts are left more just after their term than within it",
            notes=(
                "Check the days of signing and the terms: contract months counted from another day "
                "smear the end of the term"
            ),
            severity=kinds.WARNING,
        ),
    ]
