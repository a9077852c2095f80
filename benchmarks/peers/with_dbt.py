"""Bare dbt-duckdb: `dbt run` of the subset, without gates and orchestration."""

import json
import sys
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner


def build(cut: Path, out: Path) -> Path:
    """Build the subset from the cut and write the marts as Parquet; returns the database."""
    database = out / "marts.duckdb"
    project = str(cut / "dbt")
    told = dbtRunner().invoke(
        [
            *("--quiet", "run", "--project-dir", project, "--profiles-dir", project),
            *("--target-path", str(out / "target"), "--log-path", str(out / "logs")),
            *("--vars", json.dumps({"database": str(database)})),
        ]
    )
    if not told.success:
        raise SystemExit(f"dbt failed: {told.exception or told.result}")
    with duckdb.connect(str(database)) as connection:
        for path in (cut / "dbt" / "models").glob("*.sql"):
            if not path.stem.startswith("int_"):
                to = out / f"{path.stem}.parquet"
                connection.execute(f"copy {path.stem} to '{to}' (format parquet)")
    return database


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
