"""Where tools on DuckDB leave their marts: one file in the format of the warehouse.

A tool is measured with the storage that it has: these in tables, the others in Parquet.
"""

from pathlib import Path

import duckdb

from orchestration.database_format import DATABASE_FORMAT

#: Of the file and, since views name it, of the catalog.
CATALOG = "marts"


def database(out: Path) -> Path:
    """Name the file in a peer's directory."""
    return out / f"{CATALOG}.duckdb"


def create(out: Path) -> Path:
    """Make the file, which keeps its format whoever opens it later.

    Returns:
        The file; a tool leaves its marts in the schema main.
    """
    duckdb.connect(str(database(out)), config=DATABASE_FORMAT).close()
    return database(out)
