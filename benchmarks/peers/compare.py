"""Whether a peer's mart is the published one: by key, every column, to the won."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from benchmarks.peers import storage
from benchmarks.peers.subset import MARTS
from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from pathlib import Path


def differences(published: Path, out: Path) -> list[str]:
    """Name what differs between a peer's marts and the published ones.

    Args:
        published: DuckDB file with the marts.
        out: directory with the marts as the peer stores them: tables of one DuckDB file
            (storage), or <mart>.parquet, each a file or a directory of files.

    Returns:
        One sentence per mart that is not equal; empty if all are.
    """
    found = []
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(published.resolve()))} as published (read_only)")
        if storage.database(out).exists():
            file = literal(str(storage.database(out)))
            connection.execute(f"attach {file} as {storage.CATALOG} (read_only)")
        for mart, (schema, key) in MARTS.items():
            theirs = _stored(connection, out, mart)
            if not theirs:
                found.append(f"{mart}: not built")
                continue
            connection.execute(f"create or replace temp view theirs as from {theirs}")
            told = _difference(connection, f"published.{schema}.{mart}", key)
            if told:
                found.append(f"{mart}: {told}")
    return found


def _stored(connection: duckdb.DuckDBPyConnection, out: Path, mart: str) -> str:
    """Write where a peer's mart stands, as DuckDB reads it; empty if nowhere."""
    path = out / f"{mart}.parquet"
    if path.exists():
        return f"read_parquet({literal(str(path / '*.parquet' if path.is_dir() else path))})"
    is_stored = connection.execute(
        "select 1 from information_schema.tables "
        "where table_catalog = ? and table_schema = 'main' and table_name = ?",
        [storage.CATALOG, mart],
    ).fetchone()
    return f"{storage.CATALOG}.main.{mart}" if is_stored else ""


def _difference(connection: duckdb.DuckDBPyConnection, ours: str, key: tuple[str, ...]) -> str:
    columns = {row[0]: row[1] for row in connection.execute(f"describe {ours}").fetchall()}
    delivered = {row[0] for row in connection.execute("describe theirs").fetchall()}
    if delivered != set(columns):
        return f"columns {', '.join(sorted(delivered ^ set(columns)))}"
    # A tool may hold a day as a timestamp or a count as a double: cast, then equal or not.
    cast = ", ".join(f"cast({quoted(name)} as {kind}) as {name}" for name, kind in columns.items())
    rows = connection.execute(
        f"select (select count(*) from {ours}), (select count(*) from theirs)"  # noqa: S608
    ).fetchone()
    on = " and ".join(f"ours.{name} is not distinct from theirs.{name}" for name in key)
    unequal = " or ".join(f"ours.{name} is distinct from theirs.{name}" for name in columns)
    [(count,)] = connection.execute(
        f"select count(*) from {ours} as ours "  # noqa: S608
        f"full join (select {cast} from theirs) as theirs on {on} where {unequal}"
    ).fetchall()
    if rows and rows[0] != rows[1]:
        return f"{rows[1]} rows, {rows[0]} published; {count} keys differ"
    return f"{count} keys differ" if count else ""
