"""Ours: the subset by dbt in this process, then the blocking suites of its four marts.

Runs in the project's own environment. Dagster and publishing are not in it: benchmarks.floor
measures them on the whole batch.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from benchmarks.peers.subset import ASKED_BY_SUITES, MARTS
from benchmarks.peers.with_dbt import build
from expectations import tables
from expectations.validate import validate_layer
from orchestration.sql_text import literal


def main(cut: Path, out: Path) -> int:
    """Build, gate; a suite that blocks is an error."""
    database = build(cut, out)
    # As our session does after each step: a file open for writing excludes all readers.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    with duckdb.connect(str(database)) as connection:
        for mart, (schema, _key) in MARTS.items():
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create view {schema}.{mart} as from main.{mart}")
        for _database, schema, name in ASKED_BY_SUITES:
            connection.execute(f"create schema if not exists {schema}")
            path = literal(str(cut / "suites" / f"{name}.parquet"))
            connection.execute(f"create view {schema}.{name} as from read_parquet({path})")
    suites = [each for each in tables("marts") if each.rpartition(".")[2] in MARTS]
    verdicts = validate_layer("marts", database, suites)
    if len(verdicts) != len(MARTS):
        raise SystemExit("a mart of the subset has no suite")
    blocked = [table for table, verdict in verdicts.items() if verdict.blocking]
    if blocked:
        raise SystemExit(f"suites that do not hold: {', '.join(blocked)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
