"""The part of a generation that anybody may have: a file of its own with the public marts alone.

Belongs here: writing that file from the candidate, and what it says of itself. Does not belong
here: which marts are public (their access level in dbt), small counts (the models), where the file
goes (publishing).

A file of its own and not a view: who may open a DuckDB file reads all of it, its free blocks
included. So the public file is written from nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration.errors import NotPublishable
from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

FACTS_TABLE: Final = "core.published_generation"

#: What the public file says of itself; run, code and machine are nobody's business outside.
_FACTS: Final = ("generation_id", "published_at", "as_of_date", "sample_rate", "is_demo")

_INSIDE: Final = "inside"


def write(candidate: Path, target: Path, marts: Collection[str]) -> dict[str, int]:
    """Copy the public marts and the harmless facts of a completed candidate into a new file.

    Args:
        candidate: completed, so that it says what it is.
        target: the file; one that a killed run left is replaced.
        marts: names as `schema.table`.

    Returns:
        Rows per table.

    Raises:
        NotPublishable: a public mart is missing, or is a view.
    """
    for leftover in (target, target.with_name(f"{target.name}.wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach {literal(str(candidate))} as {_INSIDE} (read_only)")
        definitions: dict[str, str] = dict(
            connection.execute(
                "select schema_name || '.' || table_name, sql from duckdb_tables() "  # noqa: S608
                f"where database_name = '{_INSIDE}' and not internal"
            ).fetchall()
        )
        missing = sorted(set(marts) - definitions.keys())
        if missing:
            raise NotPublishable(
                f"Public mart {missing[0]} is no table of the candidate",
                str(candidate),
                "build all marts in one run; a public mart is a table, not a view",
            )
        counts = {mart: _copy(connection, mart, definitions[mart]) for mart in sorted(marts)}
        _write_facts(connection, counts)
        connection.execute(f"detach {_INSIDE}")
        connection.execute("force checkpoint")
    return counts


def _copy(connection: duckdb.DuckDBPyConnection, mart: str, definition: str) -> int:
    """Copy a table with its constraints and comments; rows sorted, so that their order is mute."""
    schema, table = mart.split(".")
    name = quoted(schema, table)
    connection.execute(f"create schema if not exists {quoted(schema)}")
    connection.execute(definition)
    connection.execute(f"insert into {name} select * from {_INSIDE}.{name} order by all")  # noqa: S608
    _copy_comments(connection, mart, name)
    ((rows,),) = connection.execute(f"select count(*) from {name}").fetchall()  # noqa: S608
    return int(rows)


def _copy_comments(
    connection: duckdb.DuckDBPyConnection, mart: str, name: str, columns: Collection[str] = ()
) -> None:
    where = (
        f"where database_name = '{_INSIDE}' and comment is not null "
        f"and schema_name || '.' || table_name = {literal(mart)}"
    )
    for (comment,) in connection.execute(
        f"select comment from duckdb_tables() {where}"  # noqa: S608
    ).fetchall():
        connection.execute(f"comment on table {name} is {literal(comment)}")
    for column, comment in connection.execute(
        f"select column_name, comment from duckdb_columns() {where}"  # noqa: S608
    ).fetchall():
        if not columns or column in columns:
            connection.execute(f"comment on column {name}.{quoted(column)} is {literal(comment)}")


def _write_facts(connection: duckdb.DuckDBPyConnection, counts: dict[str, int]) -> None:
    connection.execute("create schema if not exists core")
    connection.execute(
        f"create table {FACTS_TABLE} as "  # noqa: S608
        f"select {', '.join(_FACTS)}, cast({literal(json.dumps(counts))} as varchar) as row_counts "
        f"from {_INSIDE}.{FACTS_TABLE}"
    )
    _copy_comments(
        connection, FACTS_TABLE, quoted(*FACTS_TABLE.split(".")), (*_FACTS, "row_counts")
    )
