"""Looking at built tables over short read-only connections.

Belongs here: row counts and existence. A connection lives inside one function, so that dbt, which
excludes all readers while it runs, never waits for one of ours.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@contextmanager
def reader(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a read-only connection, closed on leaving."""
    connection = duckdb.connect(
        str(database), read_only=True, config={"autoinstall_known_extensions": False}
    )
    try:
        yield connection
    finally:
        connection.close()


def row_counts(database: Path, tables: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Count the rows of each (schema, table); DuckDB asks its metadata and scans nothing."""
    wanted = list(tables)
    if not wanted:
        return {}
    counts = " union all ".join(
        f"select {position}, count(*) from {quoted(schema)}.{quoted(table)}"  # noqa: S608 - quoted
        for position, (schema, table) in enumerate(wanted)
    )
    with reader(database) as connection:
        return {wanted[position]: rows for position, rows in connection.execute(counts).fetchall()}


def empty(database: Path, tables: Iterable[tuple[str, str]]) -> None:
    """Remove all rows of each (schema, table)."""
    wanted = list(tables)
    if not wanted:
        return
    with duckdb.connect(str(database)) as connection:
        for schema, table in wanted:
            connection.execute(f"truncate {quoted(schema)}.{quoted(table)}")


def existing(database: Path) -> frozenset[tuple[str, str]]:
    """List (schema, table) of all that can be queried in the file; none if there is no file."""
    if not database.exists():
        return frozenset()
    with reader(database) as connection:
        found = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = current_database()"
        ).fetchall()
    return frozenset((schema, table) for schema, table in found)


def columns(database: Path) -> dict[tuple[str, str], dict[str, str]]:
    """List columns and their types, by (schema, table); none if there is no file."""
    if not database.exists():
        return {}
    with reader(database) as connection:
        rows = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where not internal and database_name = current_database() order by column_index"
        ).fetchall()
    found: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, kind in rows:
        found.setdefault((schema, table), {})[column] = kind
    return found


def quoted(identifier: str) -> str:
    """Write an identifier as DuckDB reads it, whatever stands in it."""
    return '"' + identifier.replace('"', '""') + '"'
