"""What Spark published stays readable as it was, from DuckDB too; a shut gate publishes nothing.

Belongs here: the way from a commit of Spark to a reader, and a build that is stopped. Does not
belong here: rules and their words (test_gates); that marts are right, which `make parity` compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.batch_on_the_sample import folder_of_the_test_run
from tests.spark.asked_once import SPARK_PYTHON, asked_once, in_spark

if TYPE_CHECKING:
    from pathlib import Path

MARTS = ("churn.rpt_days", "core.dim_lines", "churn.rpt_days_counted")

IN_SPARK = """
import json, sys
from functools import partial
from pathlib import Path
from pyspark.sql.functions import lit
from expectations import spark_reader
from parity import on_spark, readers

folder = Path(sys.argv[1])
spark = on_spark.opened(folder / "target")
told = {}

def published(name):
    marts = on_spark.marts_of(spark, ["churn", "core"])
    generation = on_spark.publish(spark, marts)
    told[name] = {
        "generation": generation,
        "at": {
            mart["table"]: f"{mart['stands_in']} version as of {mart['snapshot_id']}"
            for mart in marts
        },
    }

def rows_of(query):
    rows = spark.sql(query).collect()
    read = [[None if value is None else str(value) for value in row] for row in rows]
    return sorted(read, key=str)

for schema in ("churn", "core"):
    spark.sql(f"create schema {schema}")
spark.sql('''
    create table core.dim_lines using iceberg as
    select * from values
        ('L1', "it's", timestamp_ntz '2025-06-01 00:10:00', cast(1.50 as decimal(18, 2)), true),
        ('L2', '', null, cast(null as decimal(18, 2)), null)
        as lines (line_key, note, started_at, rate, is_own)
''')
spark.sql('''
    create table churn.rpt_days using iceberg as
    select day, cast(dayofmonth(day) as bigint) as port_out_count
    from (select explode(sequence(date '2025-06-01', date '2025-06-10')) as day)
''')
spark.sql('''
    create view churn.rpt_days_counted as select count(*) as day_count from churn.rpt_days
''')
published("first")
spark.sql('''
    merge into core.dim_lines as standing
    using (select 'L1' as line_key, 'new' as note union all select 'L3', 'came') as arrived
    on standing.line_key = arrived.line_key
    when matched then update set note = arrived.note
    when not matched then insert (line_key, note) values (arrived.line_key, arrived.note)
''')
spark.sql("create or replace table churn.rpt_days using iceberg as "
          "select * from churn.rpt_days where false")
published("second")
told["merged"] = on_spark.merged(spark, ["core.dim_lines", "churn.rpt_days"])
for name in ("first", "second"):
    each = told[name]
    each["rows"] = {
        table: rows_of(f"select * from {at}") for table, at in each["at"].items()
    }
    each["file"] = str(folder / f"{name}.duckdb")
    readers.write(spark, Path(each["file"]), None if name == "second" else each["generation"])

def fault_behind_dbt(layer, *given):
    seconds = build(layer, *given)
    spark = on_spark._session()
    spoiled = spark.table("raw.raw_batch_files").withColumn("sample_rate", lit("7"))
    spoiled.writeTo("raw.raw_batch_files").using("iceberg").createOrReplace()
    return seconds

build, on_spark.build = on_spark.build, fault_behind_dbt
# One table of the layer, and its suite: `make parity` builds and judges all of them.
on_spark.STEPS = (("raw", "raw_batch_files"), *on_spark.STEPS[1:])
judged = spark_reader.validate_layer
spark_reader.validate_layer = partial(judged, tables=["raw.raw_batch_files"])
before = rows_of(f"select * from {on_spark.TABLES}")
try:
    on_spark.main(["--into", str(folder / "built.json")])
except SystemExit as shut:
    why = str(shut)
spark = on_spark._session()
told["shut"] = {
    "why": why,
    "is_told": (folder / "built.json").exists(),
    "published": [before, rows_of(f"select * from {on_spark.TABLES}")],
    "schemas": [row.namespace for row in spark.sql("show schemas").collect()],
}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two generations of two marts, and a build whose first gate was shut after them."""
    if not SPARK_PYTHON.exists():
        pytest.skip("no .venv-spark: `make spark` creates it")
    return asked_once(folder_of_the_test_run(tmp_path_factory) / "spark_publishing", publish)


def publish(folder: Path) -> str:
    return in_spark(IN_SPARK, str(folder), AFTERMATH_BUILD_DIR=str(folder))


@pytest.mark.parametrize("name", ["first", "second"])
def test_duckdb_reads_a_generation_as_spark_does(told: dict[str, Any], name: str) -> None:
    with duckdb.connect(told[name]["file"], read_only=True) as connection:
        here = {
            table: [
                [None if value is None else str(value) for value in row]
                for row in connection.execute(f"from {table}").fetchall()
            ]
            for table in MARTS
        }
    here = {table: sorted(rows, key=str) for table, rows in here.items()}
    assert here == told[name]["rows"]


def test_a_generation_keeps_its_rows_when_the_next_is_published(told: dict[str, Any]) -> None:
    counts = {
        name: [len(told[name]["rows"][table]) for table in MARTS] for name in ("first", "second")
    }
    assert counts == {"first": [10, 2, 1], "second": [0, 3, 1]}
    assert told["first"]["rows"]["churn.rpt_days_counted"] == [["10"]]
    assert ["L1", "it's", "2025-06-01 00:10:00", "1.50", "True"] in told["first"]["rows"][MARTS[1]]


def test_a_merge_is_told_from_a_table_that_was_built_anew(told: dict[str, Any]) -> None:
    assert told["merged"] == ["core.dim_lines"]


@pytest.mark.fault(
    kind="bad input",
    tried="rows of the raw layer spoilt on Spark behind the back of dbt",
    holds="the gate names table, rule and column, nothing is built on it, and `published.tables` "
    "holds what it held",
)
def test_a_shut_gate_on_spark_publishes_nothing(told: dict[str, Any]) -> None:
    shut = told["shut"]
    gate, *broken = shut["why"].splitlines()
    assert gate == "The gate of the raw layer is shut: nothing was published"
    [rule] = broken
    assert rule.startswith(
        "raw.raw_batch_files: [critical] A share of the population lies above 0 and is at most 1"
    )
    assert "sample_rate" in rule
    assert "rows: entity=access_attempts_daily, file_name=" in rule
    before, after = shut["published"]
    assert before == after
    assert {row[0] for row in after} == {told[name]["generation"] for name in ("first", "second")}
    assert not shut["is_told"]
    assert not {"staging", "intermediate"} & set(shut["schemas"])
