"""The compiled SQL in one DuckDB process: what the engine alone takes."""

import sys
from pathlib import Path

import duckdb

from benchmarks.peers import storage


def build(cut: Path, out: Path) -> None:
    """Build the subset from the cut as tables."""
    with duckdb.connect(str(storage.create(out)), config={"threads": 2}) as connection:
        for path in (cut / "inputs").glob("*.parquet"):
            connection.execute(f"create view {path.stem} as from read_parquet('{path}')")
        for path in sorted((cut / "duckdb").glob("*.sql")):
            connection.execute(f"create table {path.stem[3:]} as {path.read_text()}")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
