"""Whether two build directories hold the same tables.

Belongs here: comparing tables by checksum and naming the rows that differ. Does not belong here:
building anything (rebuild), the checksum itself (checksums).

Rows of the restricted schema are counted and never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import checksums
from orchestration.sql_text import literal, literals, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Schemas of the work database that models build; raw holds views of what was delivered.
WORK_SCHEMAS: Final = ("staging", "restricted", "intermediate")

#: What a generation says of its own publishing: it differs by nature.
_OF_PUBLISHING: Final = frozenset({("core", "published_generation")})

_PRIVATE: Final = frozenset({"restricted", "scope", "links"})
_ROWS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not the same in both, and a few of the rows that only one of them has."""

    table: str
    what: str
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Word it in one paragraph."""
        rows = [f"  only left: {row}" for row in self.only_left]
        rows += [f"  only right: {row}" for row in self.only_right]
        return "\n".join([f"{self.table}: {self.what}", *rows])


def compare(
    left: Path,
    right: Path,
    *,
    schemas: tuple[str, ...] = (),
    chosen: Callable[[str], bool] = lambda _: True,
) -> list[Difference]:
    """Compare the tables of two databases.

    Args:
        left: a database file.
        right: another one.
        schemas: schemas to compare; empty means all, raw rows and registers aside.
        chosen: whether to compare the table of this name, `schema.table`.
    """
    with duckdb.connect() as connection:
        for name, path in (("a", left), ("b", right)):
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
        return [
            difference
            for schema, table in _tables(connection, schemas)
            if chosen(f"{schema}.{table}")
            for difference in _differences(connection, schema, table)
        ]


def tables(database: Path, schemas: tuple[str, ...] = ()) -> list[str]:
    """Name the tables of a database that `compare` would look at."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(database))} as a (read_only)")
        return [f"{schema}.{table}" for schema, table in _tables(connection, schemas)]


def _tables(
    connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]
) -> list[tuple[str, str]]:
    wanted = f"and schema_name in ({literals(schemas)})" if schemas else ""
    found = connection.execute(
        "select distinct schema_name, table_name from duckdb_tables() "  # noqa: S608
        f"where not internal and database_name in ('a', 'b') {wanted} order by all"
    ).fetchall()
    return [
        (schema, table)
        for schema, table in found
        if (schema, table) not in _OF_PUBLISHING and not table.endswith("_in_scope")
    ]


def _differences(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> Iterator[Difference]:
    name = f"{schema}.{table}"
    mine = checksums.of_table(connection, schema, table, database="a")
    its = checksums.of_table(connection, schema, table, database="b")
    if not mine.columns or not its.columns:
        yield Difference(name, "only one of both has it")
    elif mine.columns != its.columns:
        yield Difference(name, "other columns or types")
    elif not mine.equals(its):
        what = f"{mine.rows:,} and {its.rows:,} rows, of which some differ"
        if schema in _PRIVATE:
            yield Difference(name, what)
        else:
            yield Difference(
                name,
                what,
                _only(connection, schema, table, "a", "b"),
                _only(connection, schema, table, "b", "a"),
            )


def _only(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, here: str, there: str
) -> tuple[str, ...]:
    columns = ", ".join(
        quoted(column)
        for (column,) in connection.execute(
            "select column_name from duckdb_columns() "  # noqa: S608
            f"where database_name = 'a' and schema_name = {literal(schema)} "
            f"and table_name = {literal(table)} order by column_index"
        ).fetchall()
    )
    rows = connection.execute(
        f"select {columns} from {quoted(here, schema, table)} "  # noqa: S608
        f"except all select {columns} from {quoted(there, schema, table)} "
        f"order by all limit {_ROWS_SHOWN}"
    ).fetchall()
    return tuple(str(row) for row in rows)
