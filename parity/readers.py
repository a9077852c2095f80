"""A generation that Spark published, as a file that plain DuckDB reads.

    .venv-spark/bin/python -m parity.readers --into generation.duckdb

Belongs here: one view per mart over the data files of the snapshot that `published.tables` names.
Does not belong here: publishing (on_spark). Runs in the environment of Spark, which knows the files
of a snapshot; readers of the file need neither Spark nor DuckDB's Iceberg extension.

No row is copied: the file serves for as long as the snapshots stand where they are.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.sql_text import quoted
from parity import on_spark
from parity.compare import parquet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession


def write(spark: SparkSession, into: Path, generation: str | None = None) -> str:
    """Write the file of a generation (None: the newest), whole or not at all; returns which.

    Raises:
        SystemExit: there is no such generation.
    """
    published = spark.table(on_spark.TABLES)
    chosen = generation or published.agg({"generation_id": "max"}).collect()[0][0]
    marts = published.where(published.generation_id == chosen).collect()
    if not marts:
        raise SystemExit(f"No generation {chosen or ''} was published")
    with tempfile.TemporaryDirectory(dir=into.parent) as folder:
        unfinished = Path(folder) / into.name
        with duckdb.connect(str(unfinished)) as connection:
            for mart in marts:
                there = on_spark.at_snapshot(spark, mart.stands_in, mart.snapshot_id)
                schema, name = mart.published_table.split(".")
                connection.execute(f"create schema if not exists {quoted(schema)}")
                connection.execute(
                    f"create view {quoted(schema)}.{quoted(name)} as "
                    f"from {parquet(there['files'], there['columns'])}"
                )
        unfinished.replace(into)
    return str(chosen)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the file of one generation."""
    parser = argparse.ArgumentParser(prog="python -m parity.readers", description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="file of DuckDB to write")
    parser.add_argument("--generation", help="default: the newest")
    given = parser.parse_args(argv)
    into = given.into.resolve()
    os.chdir(on_spark.ROOT)
    with tempfile.TemporaryDirectory() as folder:
        spark = on_spark.opened(Path(folder) / "target")
        print(f"{into}: {write(spark, into, given.generation)}")
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
