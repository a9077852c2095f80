"""What the databases attached to a connection hold.

Belongs here: columns and sizes of their tables, and how columns differ in words. Does not belong
here: what follows from them, files that are opened by themselves (tables).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb


def columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Columns and types of every table and view of a database, in order, by schema.table."""
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where not internal and database_name = ? order by 1, column_index".replace(
            "?", literal(database)
        )
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def sizes(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, int]:
    """Rows of every table of a database."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where not internal "  # noqa: S608
        f"and database_name = {literal(database)}"
    ).fetchall()
    if not tables:
        return {}
    counts = " union all ".join(
        f"select {literal(f'{schema}.{table}')}, count(*) from {quoted(database, schema, table)}"  # noqa: S608
        for schema, table in tables
    )
    return dict(connection.execute(counts).fetchall())


def columns_in_words(earlier: Mapping[str, str], later: Mapping[str, str]) -> str:
    """Name the columns that only one generation has, or that changed their type."""
    words = [
        *(f"column {name} is new" for name in later if name not in earlier),
        *(f"column {name} is gone" for name in earlier if name not in later),
        *(
            f"column {name} was {earlier[name]}, is {kind}"
            for name, kind in later.items()
            if name in earlier and earlier[name] != kind
        ),
    ]
    return "; ".join(words) or "columns in another order"
