"""Rows kept out, with the reason.

Do they point to something bigger than single bad rows? To be plausible this table must answer: is
a register missing a code, and do two exports not fit each other?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("entity", "batch_date", "source_file", "source_row", "reason_code")
EMPTY_WHEN = "(select coalesce(sum(quarantined), 0) = 0 from staging.stg_operator__row_status)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    kept_out.entity,
                    kept_out.reason_code,
                    kept_out.in_quarantine,
                    known.delivered_rows
                from (
                    select entity, reason_code, count(*) as in_quarantine
                    from {batch}
                    where reason_code in ('unknown_code', 'unknown_carrier', 'unknown_plan')
                    group by entity, reason_code
                ) as kept_out
                inner join (
                    select entity, sum(delivered) as delivered_rows
                    from staging.stg_operator__row_status
                    group by entity
                ) as known on kept_out.entity = known.entity
                where kept_out.in_quarantine > greatest(10, 0.01 * known.delivered_rows)
                """,
            description=(
                "At most one row in a hundred of an entity has a code that no register knows"
            ),
            notes=(
                "A new brand or plan that the register lacks takes all its lines out; add "
                "it to the register"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    kept_out.entity,
                    kept_out.reason_code,
                    kept_out.in_quarantine,
                    known.delivered_rows
                from (
                    select entity, reason_code, count(*) as in_quarantine
                    from {batch}
                    where reason_code in ('orphan_line', 'orphan_customer', 'orphan_parent')
                    group by entity, reason_code
                ) as kept_out
                inner join (
                    select entity, sum(delivered) as delivered_rows
                    from staging.stg_operator__row_status
                    group by entity
                ) as known on kept_out.entity = known.entity
                where kept_out.in_quarantine > greatest(10, 0.01 * known.delivered_rows)
                """,
            description=(
                "At most one row in a hundred of an entity points to something that is not there"
            ),
            notes=(
                "Exports of different days or samples do not fit each other; deliver them "
                "again together"
            ),
            severity=kinds.CRITICAL,
        ),
    ]
