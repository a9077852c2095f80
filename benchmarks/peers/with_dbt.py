"""Bare dbt-duckdb: `dbt run` of the subset, without gates and orchestration."""

import json
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner

from benchmarks.peers import storage


def build(cut: Path, out: Path) -> Path:
    """Build the subset from the cut as tables; returns the database."""
    database = storage.create(out)
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
    return database


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
