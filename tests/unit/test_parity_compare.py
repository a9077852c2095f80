"""The comparison of two engines: each difference that there can be is planted and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from parity.compare import compare, parquet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = (
    "select * from (values (1, 'a', cast(100 as bigint), cast(0.1 as double)), "
    "(2, null, cast(null as bigint), cast(1e6 as double)), (3, 'c', cast(300 as bigint), null)) "
    "as t (line_key, plan_code, refunded_krw, churn_rate)"
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(f"create table one as {ROWS}")
        opened.execute(f"create table other as {ROWS}")
        yield opened


def differences(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = compare(connection, "core.dim_lines", ("one", "other"), ["line_key"])
    return [each.what for each in found.differences]


def test_the_same_rows_in_another_order_are_equal(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create or replace table other as from one order by line_key desc")
    found = compare(connection, "core.dim_lines", ("one", "other"), ["line_key"])
    assert found.differences == ()
    assert found.rows == (3, 3)
    assert found.checksums[0] == found.checksums[1]


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("delete from other where line_key = 3", "1 keys on DuckDB and not on Spark: (3,)"),
        (
            "insert into other values (4, 'd', 1, 0.5)",
            "1 keys on Spark and not on DuckDB: (4,)",
        ),
        ("insert into other from other where line_key = 1", "Spark has 2 rows of the key (1,)"),
        (
            "update other set refunded_krw = 101 where line_key = 1",
            "column refunded_krw differs in 1 rows: (1,) DuckDB 100, Spark 101",
        ),
        (
            "update other set plan_code = '' where line_key = 2",
            "column plan_code differs in 1 rows: (2,) DuckDB None, Spark ",
        ),
        (
            "update other set churn_rate = 0.1000001 where line_key = 1",
            "column churn_rate differs in 1 rows: (1,) DuckDB 0.1, Spark 0.1000001",
        ),
        (
            "update other set churn_rate = null where line_key = 1",
            "column churn_rate differs in 1 rows: (1,) DuckDB 0.1, Spark None",
        ),
        (
            "alter table other alter refunded_krw type integer",
            "column refunded_krw is BIGINT on DuckDB, INTEGER on Spark",
        ),
        ("alter table other drop plan_code", "Spark has no column plan_code"),
        ("alter table one drop plan_code", "DuckDB has no column plan_code"),
    ],
)
def test_a_difference_is_named(
    connection: duckdb.DuckDBPyConnection, planted: str, told: str
) -> None:
    connection.execute(planted)
    assert told in differences(connection)


def test_floats_are_equal_within_the_tolerance(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("update other set churn_rate = churn_rate * (1 + 1e-12)")
    assert differences(connection) == []


def test_a_key_may_be_an_expression_and_empty(connection: duckdb.DuckDBPyConnection) -> None:
    key = ["coalesce(plan_code, 'none')"]
    assert compare(connection, "t", ("one", "other"), key).differences == ()
    connection.execute("update other set refunded_krw = 1 where plan_code is null")
    [found] = compare(connection, "t", ("one", "other"), key).differences
    assert "('none',) DuckDB None, Spark 1" in found.what


def test_a_table_of_files_and_one_without(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = str(tmp_path / "one.parquet")
    connection.execute(f"copy one to '{file}' (format parquet)")
    assert compare(connection, "t", ("one", parquet([file], [])), ["line_key"]).differences == ()
    columns = [
        ("line_key", "int"),
        ("plan_code", "string"),
        ("refunded_krw", "bigint"),
        ("churn_rate", "double"),
    ]
    [found] = compare(connection, "t", ("one", parquet([], columns)), ["line_key"]).differences
    assert found.what.startswith("3 keys on DuckDB and not on Spark")
