"""What a batch is given before dbt starts, handed from DuckDB to Spark as files.

Belongs here: which relations these are, and writing them. Does not belong here: reading files of a
landing area (orchestration.intake), building (run).

Intake reads a landing area, finds what arrived and brings the published ledger, all of it by the
work database. What it leaves there is no edge of the graph: the raw rows, those of the keys in
scope, and the books so far. Spark is given the same rows, and so has to come to the same marts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import clock
from orchestration.sql_text import literal, literals, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Schemas of the work database that dbt only reads when a landing area is the raw carrier.
SCHEMAS: Final = ("raw", "published")


def write(database: Path, into: Path) -> Iterator[str]:
    """Write each relation as `<schema>.<name>.parquet`; yields the names, as `schema.name`.

    Args:
        database: the work database after the batch, which has changed none of these.
        into: an empty folder.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        # Times of a landing area are Korean ones, as everywhere (profiles.yml).
        connection.execute(f"set timezone = {literal(clock.ZONE)}")
        found = connection.execute(
            "select table_schema, table_name from information_schema.tables "  # noqa: S608
            f"where table_schema in ({literals(SCHEMAS)}) order by all"
        ).fetchall()
        for schema, name in found:
            file = into / f"{schema}.{name}.parquet"
            connection.execute(
                f"copy (from {quoted(schema)}.{quoted(name)}) "
                f"to {literal(str(file))} (format parquet)"
            )
            yield f"{schema}.{name}"
