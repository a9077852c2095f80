"""From which columns a column is made: read from compiled SQL; kept where that asks for less."""

from __future__ import annotations

import logging
import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import pytest

from orchestration import column_origins
from orchestration.column_origins import Relation
from orchestration.dbt_session import DbtResult
from orchestration.lineage import ColumnLineage

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.column_origins import Origins

LINES = dg.AssetKey(["staging", "lines"])
NODES: dict[str, dict[str, Any]] = {
    "model.a.lines": {
        "schema": "staging",
        "alias": "lines",
        "depends_on": {"nodes": []},
        "columns": {"line_key": {}, "fee": {}},
    },
    "model.a.fees": {
        "schema": "staging",
        "alias": "fees",
        "depends_on": {"nodes": ["model.a.lines"]},
        "package_name": "a",
        "original_file_path": "fees.sql",
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


def compiled(folder: Path, sql: str) -> Path:
    file = folder / "compiled" / "a" / "fees.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(sql, encoding="utf-8")
    return file


def told(
    lineage: ColumnLineage,
    folder: Path,
    sql: str,
    *,
    is_incremental: bool,
    were_read: dict[str, Origins] | None = None,
) -> Any:
    result = DbtResult("model.a.fees", "success", "", None, 0.0, compiled(folder, sql))
    log = logging.getLogger("lineage")
    entry = lineage.of([result], log, is_incremental=is_incremental, were_read=were_read)
    return entry["model.a.fees"]["dagster/column_lineage"].deps_by_column


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


def test_a_process_beside_reads_what_would_be_read_here(
    lineage: ColumnLineage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(tmp_path, WHOLE)
    with column_origins.Beside() as beside:
        built = lineage.reader(beside, ["model.a.fees", "test.a.keys"])
        built("test.a.keys")
        built("model.a.fees")
        were_read = beside.answers()
    monkeypatch.setattr(column_origins, "read", lambda *_: pytest.fail("was read again"))
    assert told(lineage, tmp_path, WHOLE, is_incremental=False, were_read=were_read) == {
        "line_key": [dg.TableColumnDep(LINES, "line_key")],
        "fee_krw": [dg.TableColumnDep(LINES, "fee")],
    }


def test_what_was_read_of_other_sql_is_not_taken(lineage: ColumnLineage, tmp_path: Path) -> None:
    compiled(tmp_path, WHOLE.replace("fee + 1", "line_key"))
    with column_origins.Beside() as beside:
        lineage.reader(beside, ["model.a.fees"])("model.a.fees")
        were_read = beside.answers()
    assert were_read
    own = told(lineage, tmp_path, WHOLE, is_incremental=False, were_read=were_read)
    assert own["fee_krw"] == [dg.TableColumnDep(LINES, "fee")]


def test_a_process_that_dies_costs_its_answers_only(lineage: ColumnLineage, tmp_path: Path) -> None:
    compiled(tmp_path, WHOLE)
    with column_origins.Beside() as beside:
        built = lineage.reader(beside, ["model.a.fees"])
        built("model.a.fees")
        assert beside._process is not None
        beside._process.kill()
        beside._process.wait()
        built("model.a.fees")
        assert beside.answers() == {}


def test_a_process_that_cannot_be_started_costs_its_answers_only(
    lineage: ColumnLineage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start() -> None:
        raise BlockingIOError

    compiled(tmp_path, WHOLE)
    monkeypatch.setattr(column_origins, "_start", start)
    with column_origins.Beside() as beside:
        built = lineage.reader(beside, ["model.a.fees"])
        built("model.a.fees")
        monkeypatch.setattr(column_origins, "_start", lambda: pytest.fail("started again"))
        built("model.a.fees")
        assert beside.answers() == {}


def test_who_asks_after_the_end_starts_nothing(
    lineage: ColumnLineage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(column_origins, "_start", lambda: pytest.fail("a process was started"))
    with column_origins.Beside() as beside:
        built = lineage.reader(beside, ["model.a.fees"])
    built("model.a.fees")


def test_a_whole_layer_is_asked_without_waiting(tmp_path: Path) -> None:
    table = Relation("warehouse", "staging", "t" * 2**19)
    with column_origins.Beside() as beside:
        beside.ask(compiled(tmp_path, WHOLE), {})
        assert beside._process is not None
        beside._process.send_signal(signal.SIGSTOP)
        beside.ask(tmp_path / "missing.sql", {table: ()})
        beside._process.send_signal(signal.SIGCONT)
        assert len(beside.answers()) == 1


def test_what_cannot_be_read_costs_its_own_answer_only(tmp_path: Path) -> None:
    lines = Relation("warehouse", "staging", "lines")
    parents = {lines: ["line_key", "fee"]}
    broken = tmp_path / "broken.sql"
    broken.write_text("select from where", encoding="utf-8")
    deep = tmp_path / "deep.sql"
    deep.write_text(f"select {'(' * 3000}1{')' * 3000} as one", encoding="utf-8")
    with column_origins.Beside() as beside:
        beside.ask(broken, parents)
        beside.ask(deep, parents)
        beside.ask(tmp_path / "missing.sql", parents)
        beside.ask(compiled(tmp_path, WHOLE), parents)
        answers = beside.answers()
    assert list(answers) == [column_origins.fingerprint(WHOLE, parents)]


def test_nothing_is_started_for_models_whose_origins_are_kept(
    lineage: ColumnLineage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(lineage, tmp_path, WHOLE, is_incremental=False)
    monkeypatch.setattr(column_origins, "_start", lambda: pytest.fail("a process was started"))
    with column_origins.Beside() as beside:
        lineage.reader(beside, ["model.a.fees"])("model.a.fees")
        assert beside.answers() == {}
