"""What the batches since the last generation brought of what was known before, and what of it new.

Belongs here: reading it from the work database, set-wise, and only when a table asks. Does not
belong here: which cells changed (restatement_diff), the precedence of causes (restatement_causes).

A row of these batches is a *correction* if the version it follows held a day, a time, a number or a
flag that it takes back. A new row, a value that was empty and is filled, and a code that moved on
(a request completed, a plan changed) are *late data* where they concern what was closed.
Identifiers stay in the work database: rows are told by the pseudonym of their line and by the days
they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.sql_text import literal, literals, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    import duckdb

    from orchestration.settings import RawCarrier

#: Rows of new batches: one per row and day that it names.
TOUCHED: Final = "touched"

_WORK: Final = "work"


class Deliveries:
    """The rows that the batches of some days brought; each entity is read once, when asked for."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        carrier: RawCarrier,
        batches: Collection[str],
        known_to: dt.date,
        *,
        is_built_on: bool = False,
    ) -> None:
        """Look at `batches` (days of delivery) against what was known on `known_to`.

        The connection has the work database attached as `work`. `is_built_on` says that the batch
        put what arrived, with all versions of its ids, aside: see `scope`.
        """
        self._is_built_on = is_built_on
        self._connection = connection
        self._carrier = carrier
        self._batches = sorted(batches)
        self._known_to = known_to
        self._read: set[str] = set()
        connection.execute(
            f"create or replace temp table {TOUCHED} (entity varchar, row_number bigint, "
            "line_key bigint, named_on date, is_correction boolean, delivered_on date)"
        )

    def entities(self) -> frozenset[str]:
        """Name the entities that these batches bring."""
        if not self._batches:
            return frozenset()
        found = self._connection.execute(
            f"select distinct entity from {_WORK}.raw.raw_batch_files "  # noqa: S608
            f"where left(cast(batch_date as varchar), 10) in ({literals(self._batches)})"
        ).fetchall()
        return frozenset(entity for (entity,) in found)

    def bring(self, entities: Collection[str]) -> None:
        """Put the rows of these entities into `touched`."""
        for entity in sorted(set(entities) - self._read):
            self._read.add(entity)
            self._connection.execute(f"insert into {TOUCHED} by name {self._query(entity)}")

    def evidence(self, entities: Collection[str]) -> str:
        """Count what came of these entities, in words."""
        found = self._connection.execute(
            "select entity, count(distinct row_number) filter (where not is_correction), "  # noqa: S608
            "count(distinct row_number) filter (where is_correction), "
            f"min(delivered_on), max(delivered_on) from {TOUCHED} "
            f"where entity in ({literals(entities) or 'null'}) group by entity order by entity"
        ).fetchall()
        return "; ".join(
            f"{entity}: {late:,} rows new or carried on, {corrected:,} take back a value, batches "
            + (f"{first}" if first == last else f"{first} to {last}")
            for entity, late, corrected, first, last in found
        )

    def is_only_corrections(self, entities: Collection[str]) -> bool:
        """Whether nothing but corrections came of these entities."""
        ((found,),) = self._connection.execute(
            f"select coalesce(bool_and(is_correction), true) from {TOUCHED} "  # noqa: S608
            f"where entity in ({literals(entities) or 'null'})"
        ).fetchall()
        return bool(found)

    def _query(self, entity: str) -> str:
        """Write the rows of an entity: those delivered since, each beside the version before it."""
        values, days, has_line = self._columns(entity)
        taken_back = " or ".join(
            f"nullif(cast(earlier.{name} as varchar), '') is not null and "
            f"cast(earlier.{name} as varchar) is distinct from cast(fresh.{name} as varchar)"
            for name in values
        )
        named = ", ".join(_day(f"{side}.{name}") for side in ("fresh", "earlier") for name in days)
        line = f"left join {self._vault(entity)} as vault using (line_id)" if has_line else ""
        exceptions = self._exceptions(entity)
        files = literals(self._followed(entity)) or "null"
        inside = " and ".join(
            f"exceptions.{name} = fresh.{name}" for name in ("source_file", "source_row")
        )
        return f"""
            with fresh as (
                select fresh.*, exceptions.natural_id from (
                    {self._delivered(entity)} where {self._is_new()}
                ) as fresh
                left join {exceptions} as exceptions on {inside}
                where coalesce(exceptions.status, '') not in ('quarantined', 'duplicate')
            ),
            earlier as (
                select delivered.*, followed.natural_id
                from ({self._delivered(entity)}) as delivered
                inner join followed using (source_file, source_row)
                where delivered.source_file in ({files})
            ),
            compared as (
                select
                    {literal(entity)} as entity,
                    row_number() over () as row_number,
                    {"fresh.line_id" if has_line else "null"} as line_id,
                    coalesce({taken_back or "false"}, false) as is_correction,
                    fresh.delivered_on,
                    [{named}] as named
                from fresh left join earlier on fresh.natural_id = earlier.natural_id
            )
            select distinct
                entity, row_number, {"vault.line_key" if has_line else "null"} as line_key,
                is_correction, compared.delivered_on, unnest(named) as named_on
            from compared {line}
        """  # noqa: S608 - names of the contract

    def _vault(self, entity: str) -> str:
        """Name the pseudonyms of lines: of those in scope where they are enough."""
        every_line = f"{_WORK}.restricted.stg_operator__line_vault"
        if not self._is_in_scope(entity):
            return every_line
        if built := self._built("stg_operator__line_vault"):
            return built
        self._connection.execute(
            "create temp table if not exists vault_in_scope as "  # noqa: S608 - our own names
            f"select line_id, line_key from {every_line} "
            f"where line_key in (select line_key from {_WORK}.scope.line_keys)"
        )
        return "vault_in_scope"

    def _followed(self, entity: str) -> list[str]:
        """Put the version before each of the new ones into `followed`; returns their files.

        Named, because only files that are named are left unread.
        """
        exceptions = self._exceptions(entity)
        new = f"delivered_on in ({self._days()})"
        self._connection.execute(f"""
            create or replace temp table followed as
            select natural_id, source_file, source_row from {exceptions}
            where status in ('accepted', 'superseded', 'duplicate') and not {new}
                and natural_id in (select natural_id from {exceptions} where {new})
            qualify row_number() over (
                partition by natural_id
                order by delivered_on desc, source_file desc, source_row desc
            ) = 1
        """)  # noqa: S608 - names of the contract
        found = self._connection.execute("select distinct source_file from followed").fetchall()
        return [file for (file,) in found]

    def _delivered(self, entity: str) -> str:
        name = f"{entity}_in_scope" if self._is_in_scope(entity) else f"raw_{entity}"
        relation = quoted(_WORK, "raw", name)
        if self._carrier == "landing":
            return (
                "select *, try_cast(left(source_file, 10) as date) as delivered_on "  # noqa: S608
                f"from {relation}"
            )
        return (
            f"select *, {literal(f'raw_{entity}.csv')} as source_file, rowid + 1 as source_row, "  # noqa: S608
            f"try_cast(batch_date as date) as delivered_on from {relation}"
        )

    def _is_in_scope(self, entity: str) -> bool:
        """Tell whether what these batches brought of an entity is all among its rows in scope.

        It is not where a batch that was there before got a further file: that alone arrived.
        """
        if not (self._is_built_on and self._is_there("raw", f"{entity}_in_scope")):
            return False
        ((kept, brought),) = self._connection.execute(
            f"select (select count(*) from {_WORK}.raw.{entity}_in_scope where {self._is_new()}), "  # noqa: S608
            f"(select sum(cast(row_count as bigint)) from {_WORK}.raw.raw_batch_files "
            f"where entity = {literal(entity)} "
            f"and left(cast(batch_date as varchar), 10) in ({literals(self._batches) or 'null'}))"
        ).fetchall()
        return bool(kept == brought)

    def _exceptions(self, entity: str) -> str:
        """Name the rows of an entity that are more than one version: those in scope if enough."""
        name = f"stg_operator__{entity}_exceptions"
        built = self._built(name) if self._is_in_scope(entity) else ""
        return built or quoted(_WORK, "restricted", name)

    def _built(self, model: str) -> str:
        """Name what the batch built of a model for its scope (macros/engine/built_in_scope.sql)."""
        name = f"built_{model}"
        return quoted(_WORK, "scope", name) if self._is_there("scope", name) else ""

    def _is_there(self, schema: str, table: str) -> bool:
        found = self._connection.execute(
            f"from duckdb_tables() where database_name = '{_WORK}' "
            f"and schema_name = {literal(schema)} and table_name = {literal(table)}"
        ).fetchone()
        return found is not None

    def _is_new(self) -> str:
        """Write whether a row came in these batches; by the name of its file, so that few are read.

        The bundled sample has one file per entity and believes the row.
        """
        day = "source_file" if self._carrier == "landing" else "batch_date"
        return f"left({day}, 10) in ({literals(self._batches) or 'null'})"

    def _days(self) -> str:
        return ", ".join(f"date {literal(day)}" for day in self._batches) or "null"

    def _columns(self, entity: str) -> tuple[list[str], list[str], bool]:
        """Columns of an entity that hold values, those that hold days, whether it names a line.

        Staging knows: what it types as anything but text is a value.
        """
        found = self._connection.execute(
            "select delivered.column_name, coalesce(typed.data_type, 'VARCHAR') "  # noqa: S608
            "from duckdb_columns() as delivered left join duckdb_columns() as typed "
            "on typed.database_name = delivered.database_name and typed.schema_name = 'staging' "
            f"and typed.table_name = {literal(f'stg_operator__{entity}')} "
            "and typed.column_name = delivered.column_name "
            f"where delivered.database_name = '{_WORK}' and delivered.schema_name = 'raw' "
            f"and delivered.table_name = {literal(f'raw_{entity}')} "
            "and delivered.column_name not in ('batch_date', 'source_row') order by all"
        ).fetchall()
        values = [name for name, kind in found if kind not in {"VARCHAR", "BIGINT[]"}]
        days = [name for name, kind in found if kind.startswith(("DATE", "TIMESTAMP"))]
        return values, days, any(name == "line_id" for name, _ in found)


def _day(expression: str) -> str:
    """Read a day out of what was delivered; a month is its first day."""
    text = f"left(cast({expression} as varchar), 10)"
    return f"try_cast(case when length({text}) = 7 then {text} || '-01' else {text} end as date)"
