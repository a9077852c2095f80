"""Peers: the comparer finds what differs, a missing environment is told, the table adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from benchmarks.peers import compare, prepare, run, storage, subset, with_pandas
from orchestration.database_format import DATABASE_FORMAT

if TYPE_CHECKING:
    from pathlib import Path

CHURN = "select date '2026-01-03' as service_date, 'total' as segment_kind, 'total' as segment, "
PORT = "select date '2026-01-03' as processed_on, 'KT' as donor_carrier, 'SKT' as recipient_carrier"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Two of the four marts with a row each; the others are empty."""
    path = tmp_path / "current.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema churn; create schema compensation")
        connection.execute(
            f"create table churn.rpt_churn_daily as {CHURN} cast(7 as bigint) as port_outs"
        )
        connection.execute(f"create table churn.fct_port_flows_daily as {PORT}")
        for mart, (schema, key) in subset.MARTS.items():
            if schema == "compensation":
                columns = ", ".join(f"{name} varchar" for name in key)
                connection.execute(f"create table compensation.{mart} ({columns}, paid_krw bigint)")
    return path


def built(published: Path, out: Path, **instead: str) -> Path:
    """Write every mart as a peer would, those in `instead` from other SQL."""
    out.mkdir()
    with duckdb.connect(str(published), read_only=True) as connection:
        for mart, (schema, _key) in subset.MARTS.items():
            sql = instead.get(mart, f"from {schema}.{mart}")
            connection.execute(f"copy ({sql}) to '{out / mart}.parquet' (format parquet)")
    return out


def test_a_timestamp_for_a_day_and_a_double_for_a_count_are_equal(
    published: Path, tmp_path: Path
) -> None:
    same = CHURN.replace("date '2026-01-03'", "timestamp '2026-01-03'")
    out = built(published, tmp_path / "out", rpt_churn_daily=f"{same} 7.0::double as port_outs")
    assert compare.differences(published, out) == []


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("8 as port_outs", "1 keys differ"),
        ("null as port_outs", "1 keys differ"),
        ("7 as port_out", "columns port_out, port_outs"),
        ("7 as port_outs union all " + CHURN + "7", "2 rows, 1 published; 0 keys differ"),
        ("7 as port_outs limit 0", "0 rows, 1 published; 1 keys differ"),
    ],
)
def test_a_planted_difference_is_found(
    published: Path, tmp_path: Path, planted: str, told: str
) -> None:
    out = built(published, tmp_path / "out", rpt_churn_daily=f"{CHURN} {planted}")
    assert compare.differences(published, out) == [f"rpt_churn_daily: {told}"]


def test_a_mart_that_was_not_built_is_found(published: Path, tmp_path: Path) -> None:
    out = built(published, tmp_path / "out")
    (out / "fct_port_flows_daily.parquet").unlink()
    assert compare.differences(published, out) == ["fct_port_flows_daily: not built"]


def test_a_mart_in_many_files_is_one_mart(published: Path, tmp_path: Path) -> None:
    out = built(published, tmp_path / "out")
    one = out / "rpt_churn_daily.parquet"
    one.rename(out / "part.parquet")
    one.mkdir()
    (out / "part.parquet").rename(one / "part-0.parquet")
    assert compare.differences(published, out) == []


def test_marts_of_a_tool_on_duckdb_are_read_where_it_built_them(
    published: Path, tmp_path: Path
) -> None:
    parquet = built(published, tmp_path / "parquet", rpt_churn_daily=f"{CHURN} 8 as port_outs")
    out = tmp_path / "out"
    out.mkdir()
    with duckdb.connect(str(storage.create(out))) as connection:
        connection.execute(f"create table stored as from '{parquet}/rpt_churn_daily.parquet'")
        connection.execute("create view rpt_churn_daily as from marts.main.stored")
        for mart in subset.MARTS.keys() - {"rpt_churn_daily", "fct_port_flows_daily"}:
            connection.execute(f"create table {mart} as from '{parquet}/{mart}.parquet'")
    assert compare.differences(published, out) == [
        "rpt_churn_daily: 1 keys differ",
        "fct_port_flows_daily: not built",
    ]


def test_a_file_for_marts_keeps_the_format_of_the_warehouse(tmp_path: Path) -> None:
    with duckdb.connect(str(storage.create(tmp_path))) as connection:
        told = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = 'marts'"
        ).fetchone()
    assert told
    assert told[0].startswith(DATABASE_FORMAT["storage_compatibility_version"])


def test_a_missing_environment_is_an_error_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "_PYTHON", tmp_path / "python")
    with pytest.raises(SystemExit, match="make peers-setup"):
        run.python_of("with_spark")


def test_the_table_holds_medians_against_ours_and_the_largest_peak() -> None:
    turns = [run.Turn("ours", wall, 1.0, 2**30) for wall in (2.0, 4.0, 30.0)]
    turns += [run.Turn("with_pandas", 8.0, 1.0, peak * 2**30) for peak in (1, 3)]
    assert run.table(turns).splitlines()[2:] == [
        "| ours | 3 | 4.0 | 1.00 | 1.0 | 1.00 GiB |",
        "| pandas | 2 | 8.0 | 2.00 | 1.0 | 3.00 GiB |",
    ]


def test_compiled_names_become_those_of_the_tool() -> None:
    sql = 'select * from "warehouse"."intermediate"."int_a" join "candidate"."core"."dim_b"'
    assert subset.renamed(sql, "peers.{name}") == "select * from peers.int_a join peers.dim_b"
    assert subset.relations(sql) == {
        ("warehouse", "intermediate", "int_a"),
        ("candidate", "core", "dim_b"),
    }


def test_the_dbt_project_knows_its_own_models_and_what_it_is_given(tmp_path: Path) -> None:
    sql = {
        "int_a": 'select * from "warehouse"."staging"."stg_x"',
        "rpt_b": 'select * from "warehouse"."intermediate"."int_a"',
    }
    prepare._dbt(tmp_path / "dbt", tmp_path, sql, ["stg_x"])
    models = tmp_path / "dbt" / "models"
    assert (models / "int_a.sql").read_text() == "select * from {{ source('inputs', 'stg_x') }}"
    assert (models / "rpt_b.sql").read_text() == "select * from {{ ref('int_a') }}"


def test_spark_is_not_told_what_to_materialise() -> None:
    sql = "with a as not materialized (select 1 as n), b as materialized (from a) select n from b"
    told = prepare.for_spark(sql)
    assert "MATERIALIZED" not in told
    assert told.count("AS (") == 2


def test_pandas_counts_ports_as_the_mart_does(tmp_path: Path) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    ports = """
        select * from (values
            (date '2026-01-03', 'KT', 'SKT', timestamp '2026-01-02 23:59:00', 'completed'),
            (date '2026-01-03', 'KT', 'SKT', timestamp '2026-01-03 00:00:00', 'completed'),
            (date '2026-01-03', 'KT', 'SKT', timestamp '2026-01-03 10:00:00', 'reversed'),
            (null, 'KT', 'SKT', timestamp '2026-01-03 10:00:00', 'completed')
        ) as ports (processed_on, donor_carrier, recipient_carrier, requested_at, status)
    """
    carriers = """
        select * from (values ('KT', true), ('SKT', false)) as carriers
            (carrier_code, is_on_operator_network)
    """
    with duckdb.connect() as connection:
        for name, sql in (("stg_operator__port_requests", ports), ("dim_carriers", carriers)):
            connection.execute(f"copy ({sql}) to '{inputs / name}.parquet' (format parquet)")
    [row] = with_pandas.port_flows_daily(with_pandas.Cut(inputs)).to_dict("records")
    assert (row["ports"], row["queued_ports"], row["direction"]) == (2, 1, "out")
    assert str(row["oldest_requested_on"])[:10] == "2026-01-02"


def test_pandas_breaks_rules_only_where_the_version_has_them() -> None:
    pd = with_pandas.pd
    values = pd.Series(["iot", "handset", None])
    assert with_pandas.listed(values, "|iot|prepaid|").tolist() == [True, False, False]
    assert with_pandas.listed(values, None).tolist() == [False, False, False]
