"""What has to hold of the comparison of two generations, each rule as SQL that finds breaches.

Belongs here: the rules. Does not belong here: what a breach means for a run (restatement_step).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration import candidate
from orchestration.restatement_causes import UNEXPLAINED
from orchestration.restatement_diff import NOW
from orchestration.restatements import COMPARED, FILLED_HERE, REPORT
from orchestration.sql_text import literal, literals

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Check:
    """A rule in words, and the query that lists what breaks it."""

    name: str
    words: str
    query: str

    def broken(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """List what breaks it; the connection has the candidate attached."""
        return [row for (row,) in connection.execute(self.query).fetchall()]


_REPORT: Final = f"{NOW}.{REPORT}"
_COMPARED: Final = f"{NOW}.{COMPARED}"
_ACCOUNTED_FOR_ELSEWHERE: Final = literals((*FILLED_HERE, candidate.FACTS_TABLE))

CHECKS: Final = (
    Check(
        "every_change_is_explained",
        "Every cell that reads otherwise has a cause; the same inputs never give another number.",
        f"""
        select
            published_table || ', ' || key || ', ' || column_name || ': '
            || coalesce(previous, 'none') || ' to ' || coalesce(current, 'none')
        from {_REPORT}
        where cause = {literal(UNEXPLAINED)}
        """,  # noqa: S608 - our own names
    ),
    Check(
        "every_restated_cell_is_listed",
        "The cells listed are those that the comparison counted, table by table, each once.",
        f"""
        with listed as (
            select published_table, sum(cell_count) as cells from {_REPORT} group by published_table
        )
        select
            coalesce(listed.published_table, compared.published_table) || ': '
            || coalesce(compared.restated_cells, 0) || ' counted, '
            || coalesce(listed.cells, 0) || ' listed'
        from {_COMPARED} as compared
        full join listed using (published_table)
        where coalesce(listed.cells, 0) <> coalesce(compared.restated_cells, 0)
        union all
        select
            published_table || ', ' || key || ', ' || column_name || ': '
            || count(*) || ' times'
        from {_REPORT}
        group by published_table, key, column_name
        having count(*) > 1
        """,  # noqa: S608 - our own names
    ),
    Check(
        "every_table_is_accounted_for",
        "Each published table was compared, or stands there with the reason why not.",
        f"""
        with there as (
            select schema_name || '.' || table_name as published_table
            from duckdb_tables() where database_name = '{NOW}'
            union all
            select schema_name || '.' || view_name
            from duckdb_views() where database_name = '{NOW}' and not internal
        )
        select there.published_table || ': not accounted for'
        from there
        left join {_COMPARED} as compared using (published_table)
        where
            there.published_table not in ({_ACCOUNTED_FOR_ELSEWHERE})
            and not coalesce(
                compared.reason is not null
                or compared.outcome in ('unchanged', 'grown', 'restated'),
                false
            )
        """,  # noqa: S608 - our own names
    ),
)
