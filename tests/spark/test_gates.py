"""The suites judge tables of Spark, and a bad row is found there too.

Belongs here: the way through Great Expectations into Spark. Does not belong here: rules, which are
proved on DuckDB; the words of Spark (tests/unit/test_spark_words.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.batch_on_the_sample import folder_of_the_test_run
from tests.spark.asked_once import SPARK_PYTHON, asked_once, in_spark

if TYPE_CHECKING:
    from pathlib import Path

JUDGE = """
import json, sys
from dataclasses import asdict
from pyspark.sql import SparkSession
from expectations.spark_reader import validate_layer

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.warehouse.dir", sys.argv[1])
    .getOrCreate()
)
spark.sql("create schema core")
told = {}
for name, closed_days in (("sound", 1), ("planted", 20)):
    spark.sql(f'''
        create or replace temp view calendar as
        select day as date, day <> date '2025-06-06' as is_processing_day,
            case when day = date '2025-06-06' then date_add(day, {closed_days}) else day end
                as processed_on
        from (select explode(sequence(date '2025-06-01', date '2025-06-10')) as day)
    ''')
    spark.sql("drop table if exists core.dim_dates")
    spark.sql("create table core.dim_dates using parquet as select * from calendar")
    verdicts = validate_layer("marts", spark, ["core.dim_dates", "core.dim_lines"])
    told[name] = {
        table: [asdict(each) | {"blocking": each.blocking} for each in verdict.outcomes]
        for table, verdict in verdicts.items()
    }
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    packages = SPARK_PYTHON.parents[1].glob("lib/python*/site-packages")
    needed = ("great_expectations", "pyspark")
    if not any(all((folder / name).exists() for name in needed) for folder in packages):
        pytest.skip("no environment of Spark with Great Expectations: make spark")
    return asked_once(folder_of_the_test_run(tmp_path_factory) / "spark_gates", judge)


def judge(folder: Path) -> str:
    return in_spark(JUDGE, str(folder / "warehouse"))


def test_a_sound_table_passes(told: dict[str, Any]) -> None:
    outcomes = told["sound"]["core.dim_dates"]
    assert len(outcomes) == 2
    assert all(outcome["passed"] for outcome in outcomes), outcomes


def test_a_planted_row_shuts_the_gate_and_is_named(told: dict[str, Any]) -> None:
    [broken] = [each for each in told["planted"]["core.dim_dates"] if not each["passed"]]
    assert broken["rule"] == "No stretch of two weeks is closed"
    assert broken["blocking"]
    assert broken["rows"] == [{"first_closed_day": "2025-06-06", "processed_on": "2025-06-26"}]


def test_a_table_that_is_missing_shuts_the_gate(told: dict[str, Any]) -> None:
    [missing] = told["sound"]["core.dim_lines"]
    assert missing["blocking"]
    assert "core.dim_lines" in missing["error"]
