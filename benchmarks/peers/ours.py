"""Ours: the subset by dbt in this process, then the blocking suites of its four marts.

Runs in the project's own environment. Dagster and publishing are not in it: benchmarks.floor
measures them on the whole batch.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from benchmarks.peers.subset import MARTS
from benchmarks.peers.with_dbt import build
from expectations import tables
from expectations.validate import validate_layer


def main(cut: Path, out: Path) -> int:
    """Build, gate; a suite that blocks is an error."""
    database = build(cut, out)
    with duckdb.connect(str(database)) as connection:
        for mart, (schema, _key) in MARTS.items():
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create view {schema}.{mart} as from main.{mart}")
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
