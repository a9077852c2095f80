"""Build the project on Spark and publish what was built; runs in the environment of Spark.

    .venv-spark/bin/python -m parity.on_spark --into build/spark-built.json

Belongs here: dbt's part on that engine, layer by layer, the gate behind each, and the commit that
shows the marts to readers. Does not belong here: DuckDB, the comparison (compare).

Publishing is one commit of one Iceberg table. Each row of `published.tables` names a mart of a
generation with the table and snapshot that its readers see and the metadata file of that. All rows
of a generation come in one INSERT, so readers find all of its marts or none, and those of the
generation before stay as they are: what is built next makes new snapshots.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dbt.cli.main import dbtRunner, dbtRunnerResult
from pyspark.sql import SparkSession

from parity import key_of_session

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
#: dbt's selectors of what is built in turn; what fails ends the build.
STEPS: Final = (
    ("raw", "resource_type:seed"),
    ("staging", "tag:staging"),
    ("intermediate", "tag:intermediate"),
    ("marts", "tag:marts"),
)
TABLES: Final = "published.tables"


def _dbt(
    command: Sequence[str], variables: str, target: Path, options: Sequence[str] = ()
) -> dbtRunnerResult:
    return dbtRunner().invoke(
        [
            *("--quiet", "--no-use-colors", "--log-path", str(target.parent / "logs")),
            *(*options, *command, "--target", "spark", "--vars", variables),
            *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
        ]
    )


def _session() -> SparkSession:
    """Return the session that dbt opened in this process."""
    return SparkSession.getActiveSession() or SparkSession.builder.getOrCreate()


def build(layer: str, selected: str, variables: str, target: Path) -> float:
    """Build a layer and run its data tests; returns the seconds.

    Raises:
        SystemExit: a node failed; dbt has printed which.
    """
    begun = time.perf_counter()
    outcome = _dbt(
        (
            *("build", "--exclude-resource-type", "unit_test"),
            *("--select", selected, "--indirect-selection", "cautious"),
            *("--target-path", str(target)),
        ),
        variables,
        target,
        ("--write-json" if layer == "marts" else "--no-write-json", "--log-level-file", "info"),
    )
    if not outcome.success:
        raise SystemExit(f"Spark could not build the {layer} layer: {outcome.exception or ''}")
    seconds = time.perf_counter() - begun
    print(f"{layer}: {seconds:.1f} s", flush=True)
    return seconds


def judge(layer: str, spark: SparkSession) -> float:
    """Let Great Expectations judge the tables of a layer, as on DuckDB; returns the seconds.

    Raises:
        SystemExit: the gate is shut, nothing after it is built and nothing published; each blocking
            rule is printed with what was observed.
    """
    begun = time.perf_counter()
    # Late: it takes seconds, which the first layer need not wait for.
    from expectations.spark_reader import validate_layer  # noqa: PLC0415

    verdicts = validate_layer(layer, spark)
    broken = [
        (table, outcome)
        for table, verdict in verdicts.items()
        for outcome in verdict.outcomes
        if not outcome.passed
    ]
    for table, outcome in broken:
        print(f"{table}: {outcome.sentence()}", flush=True)
    blocking = [f"{table}: {outcome.sentence()}" for table, outcome in broken if outcome.blocking]
    if blocking:
        raise SystemExit(
            "\n".join((f"The gate of the {layer} layer is shut: nothing was published", *blocking))
        )
    seconds = time.perf_counter() - begun
    print(f"gate of {layer}: {len(verdicts)} suites, {seconds:.1f} s", flush=True)
    return seconds


def opened(target: Path, variables: str = "{}") -> SparkSession:
    """Open a session as the profile has it, and run no hook yet.

    Raises:
        SystemExit: dbt could not open one.
    """
    outcome = _dbt(("debug", "--connection"), variables, target)
    if not outcome.success:
        raise SystemExit(f"dbt could not open a session of Spark: {outcome.exception or ''}")
    return _session()


def take(given: Path, variables: str, target: Path) -> None:
    """Put the relations that DuckDB was given where the models read them (given)."""
    spark = opened(target, variables)
    for file in sorted(given.glob("*.parquet")):
        schema, name = file.stem.split(".")
        spark.sql(f"create schema if not exists {schema}")
        spark.read.parquet(str(file)).writeTo(f"{schema}.{name}").using("iceberg").createOrReplace()


def standing(spark: SparkSession, schemas: Sequence[str]) -> list[dict[str, Any]]:
    """List the tables of schemas: where each stands, its snapshot, rows and files."""
    hold_no_rows = set(views(spark, schemas))
    return [
        _standing(spark, table)
        for schema in schemas
        for row in spark.sql(f"show tables in {schema}").collect()
        if not row.isTemporary and (table := f"{schema}.{row.tableName}") not in hold_no_rows
    ]


def marts_of(spark: SparkSession, schemas: Sequence[str]) -> list[dict[str, Any]]:
    """List the marts as they are to be published, each in a table.

    A mart that is a view holds no rows and has no snapshot: its rows of now become a table.
    """
    spark.sql("create schema if not exists published")
    marts = standing(spark, schemas)
    for view in views(spark, schemas):
        table = f"published.{view.replace('.', '__')}"
        spark.sql(f"create or replace table {table} using iceberg as select * from {view}")  # noqa: S608
        marts.append({**_standing(spark, table), "table": view})
    return marts


def _standing(spark: SparkSession, table: str) -> dict[str, Any]:
    # Names from the catalog itself, so nothing of them is foreign.
    last = spark.sql(
        f"select file, latest_snapshot_id from {table}.metadata_log_entries "  # noqa: S608
        "order by timestamp desc, file desc limit 1"
    ).collect()[0]
    return {
        "table": table,
        "stands_in": table,
        "snapshot_id": last.latest_snapshot_id,
        "metadata_file": last.file,
        **at_snapshot(spark, table, last.latest_snapshot_id),
    }


def at_snapshot(spark: SparkSession, table: str, snapshot_id: int) -> dict[str, Any]:
    """Tell what a table was at one of its snapshots: its columns, rows and files.

    Raises:
        SystemExit: it has files of deleted rows, which readers of plain files would miss.
    """
    at = f"version as of {snapshot_id}"
    files = spark.sql(
        f"select content, file_path, record_count from {table}.files {at}"  # noqa: S608
    ).collect()
    if any(file.content for file in files):
        raise SystemExit(f"{table} has files of deleted rows: write it by copy")
    return {
        "row_count": sum(file.record_count for file in files),
        "columns": spark.sql(f"select * from {table} {at}").dtypes,  # noqa: S608
        "files": [file.file_path.removeprefix("file:") for file in files],
    }


def merged(spark: SparkSession, tables: Sequence[str]) -> list[str]:
    """Name the tables whose last commit took rows away among others that stay: by a merge.

    A table that was built anew says nothing of rows that it had before.
    """
    last = "order by committed_at desc limit 1"
    return [
        table
        for table in tables
        if "deleted-records"
        in spark.sql(f"select summary from {table}.snapshots {last}").collect()[0].summary  # noqa: S608
    ]


def views(spark: SparkSession, schemas: Sequence[str]) -> list[str]:
    """List the views of schemas."""
    return [
        f"{schema}.{row.viewName}"
        for schema in schemas
        for row in spark.sql(f"show views in {schema}").collect()
        if not row.isTemporary
    ]


def publish(spark: SparkSession, marts: Sequence[dict[str, Any]]) -> str:
    """Show the marts to readers, all in one commit; returns the generation."""
    generation = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    spark.sql(
        f"create table if not exists {TABLES} (generation_id string, published_table string, "
        "stands_in string, snapshot_id bigint, metadata_file string, row_count bigint) "
        "using iceberg"
    )
    told = ("table", "stands_in", "snapshot_id", "metadata_file", "row_count")
    rows = [(generation, *(mart[column] for column in told)) for mart in marts]
    spark.createDataFrame(rows, spark.table(TABLES).schema).coalesce(1).writeTo(TABLES).append()
    return generation


def executors(spark: SparkSession) -> list[dict[str, Any]]:
    """List the processes that worked for this session, those that were lost on the way too."""
    listed = spark.sparkContext._jsc.sc().statusStore().executorList(False)
    found = [listed.apply(index) for index in range(listed.size())]
    return [
        {
            "id": each.id(),
            "tasks": each.totalTasks(),
            "failed": each.failedTasks(),
            "removed": each.removeReason().get() if each.removeReason().isDefined() else "",
        }
        for each in found
        # The driver hands out work and does none, but where it is alone.
        if each.totalTasks() or each.id() != "driver"
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Build every layer, publish, and write down where everything stands."""
    parser = argparse.ArgumentParser(prog="python -m parity.on_spark", description=__doc__)
    parser.add_argument("--vars", default="{}", help="variables of dbt as JSON")
    parser.add_argument("--given", type=Path, help="folder of what a landing area gives (given)")
    parser.add_argument("--into", type=Path, required=True, help="file for what was built, JSON")
    given = parser.parse_args(argv)
    os.chdir(ROOT)
    key_of_session.bring(os.environ)
    target = given.into.parent / "target"
    steps = dict(STEPS)
    if given.given:
        take(given.given, given.vars, target)
        # Their tests are those of sources then.
        steps["raw"] += " source:landing"
    seconds = {}
    for layer, selected in steps.items():
        seconds[layer] = build(layer, selected, given.vars, target)
        spark = _session()
        spark.sparkContext.setLogLevel("ERROR")
        seconds[f"gate of {layer}"] = judge(layer, spark)
    begun = time.perf_counter()
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    of_marts = sorted({node["schema"] for node in nodes if node["fqn"][1] == "marts"})
    others = sorted({node["schema"] for node in nodes} - set(of_marts))
    marts = marts_of(spark, of_marts)
    generation = publish(spark, marts)
    seconds["published"] = time.perf_counter() - begun
    told = {"generation": generation, "seconds": seconds, "marts": marts}
    keyed = [
        f"{node['schema']}.{node['alias']}"
        for node in nodes
        if node["config"]["materialized"] == "keyed"
    ]
    told |= {
        "others": standing(spark, others),
        "merged": merged(spark, keyed),
        "executors": executors(spark),
    }
    given.into.write_text(json.dumps(told, indent=1))
    spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
