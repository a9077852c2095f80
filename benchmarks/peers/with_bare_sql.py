"""The compiled SQL in one DuckDB process: what the engine alone takes."""

import sys
from pathlib import Path

import duckdb


def build(cut: Path, out: Path) -> None:
    """Build the subset from the cut and write the marts as Parquet."""
    with duckdb.connect(str(out / "marts.duckdb"), config={"threads": 2}) as connection:
        for path in (cut / "inputs").glob("*.parquet"):
            connection.execute(f"create view {path.stem} as from read_parquet('{path}')")
        for path in sorted((cut / "duckdb").glob("*.sql")):
            name = path.stem[3:]
            connection.execute(f"create table {name} as {path.read_text()}")
            if not name.startswith("int_"):
                connection.execute(f"copy {name} to '{out / name}.parquet' (format parquet)")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
