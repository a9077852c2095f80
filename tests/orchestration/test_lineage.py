"""From which columns a column is made: read from compiled SQL; kept where that asks for less."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import pytest

from orchestration.dbt_session import DbtResult
from orchestration.lineage import ColumnLineage

if TYPE_CHECKING:
    from pathlib import Path

LINES = dg.AssetKey(["staging", "lines"])
NODES: dict[str, dict[str, Any]] = {
    "model.a.lines": {"schema": "staging", "alias": "lines", "depends_on": {"nodes": []}},
    "model.a.fees": {
        "schema": "staging",
        "alias": "fees",
        "depends_on": {"nodes": ["model.a.lines"]},
    },
}
WHOLE = "select line_key, fee + 1 as fee_krw from warehouse.staging.lines"
OF_WHAT_ARRIVED = f"{WHOLE} where line_key in (select line_key from scope.lines)"


@pytest.fixture
def lineage(tmp_path: Path) -> ColumnLineage:
    """The lineage of one model that reads one table."""
    work_db = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(work_db)) as connection:
        connection.execute("create schema staging")
        connection.execute("create table staging.lines (line_key bigint, fee bigint)")
    manifest = SimpleNamespace(
        node=lambda unique_id: {"database": "warehouse", **NODES[unique_id]},
        layer_by_asset=dict.fromkeys(NODES, "staging"),
    )
    translator = SimpleNamespace(
        spec=lambda unique_id: SimpleNamespace(
            key=dg.AssetKey(["staging", unique_id.rpartition(".")[2]])
        )
    )
    settings: Any = SimpleNamespace(
        dbt_target_dir=tmp_path, work_db=work_db, candidate_db=tmp_path / "candidate.duckdb"
    )
    return ColumnLineage(settings, manifest, translator)  # type: ignore[arg-type]


def told(lineage: ColumnLineage, folder: Path, sql: str, *, is_incremental: bool) -> Any:
    compiled = folder / "fees.sql"
    compiled.write_text(sql, encoding="utf-8")
    result = DbtResult("model.a.fees", "success", "", None, 0.0, compiled)
    log = logging.getLogger("lineage")
    entry = lineage.of([result], log, is_incremental=is_incremental)["model.a.fees"]
    return entry["dagster/column_lineage"].deps_by_column


def test_a_column_is_made_of_the_columns_of_its_expression(
    lineage: ColumnLineage, tmp_path: Path
) -> None:
    assert told(lineage, tmp_path, WHOLE, is_incremental=False) == {
        "line_key": [dg.TableColumnDep(LINES, "line_key")],
        "fee_krw": [dg.TableColumnDep(LINES, "fee")],
    }


def test_a_day_that_asks_for_less_says_what_the_whole_said(
    lineage: ColumnLineage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = told(lineage, tmp_path, WHOLE, is_incremental=False)
    assert told(lineage, tmp_path, OF_WHAT_ARRIVED, is_incremental=True) == whole
    assert not caplog.records


def test_other_sql_is_read_again_where_everything_is_built_anew(
    lineage: ColumnLineage, tmp_path: Path
) -> None:
    told(lineage, tmp_path, WHOLE, is_incremental=False)
    other = told(lineage, tmp_path, WHOLE.replace("fee + 1", "line_key"), is_incremental=False)
    assert other["fee_krw"] == [dg.TableColumnDep(LINES, "line_key")]
