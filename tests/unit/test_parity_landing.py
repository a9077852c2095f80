"""Both engines on a landing area: what is handed over, and which tables have to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration.layer import Layer
from orchestration.restatement_tables import FILLED
from parity import given, landing, run

if TYPE_CHECKING:
    from pathlib import Path


def test_what_dbt_does_not_build_is_handed_over_as_it_is(tmp_path: Path) -> None:
    work, into = tmp_path / "work.duckdb", tmp_path / "given"
    into.mkdir()
    with duckdb.connect(str(work)) as connection:
        connection.execute("create schema raw; create schema published; create schema staging")
        connection.execute(
            "create table raw.lines_in_scope as select 'it''s' as line_id, "
            "cast('2026-01-02 03:04:05' as timestamp) as activated_at, 7::bigint as source_row"
        )
        connection.execute("create view raw.raw_lines as from raw.lines_in_scope")
        connection.execute("create table published.ledger_days (published_to date)")
        connection.execute("create table staging.stg_lines as select 1 as one")
    assert list(given.write(work, into)) == [
        "published.ledger_days",
        "raw.lines_in_scope",
        "raw.raw_lines",
    ]
    with duckdb.connect() as connection:
        read = f"from '{into / 'raw.raw_lines.parquet'}'"
        [row] = connection.execute(read).fetchall()
        assert (row[0], str(row[1]), row[2]) == ("it's", "2026-01-02 03:04:05", 7)
        types = [kind for _, kind, *_ in connection.execute(f"describe {read}").fetchall()]
        assert types == ["VARCHAR", "TIMESTAMP", "BIGINT"]
        empty = connection.execute(f"from '{into / 'published.ledger_days.parquet'}'")
        assert empty.fetchall() == []


def test_batches_are_built_in_the_order_of_their_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2026-01-03", "2026-01-01", "2026-01-02"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "_manifest.json").write_text("{}")
    (tmp_path / "2026-01-04").mkdir()
    monkeypatch.setattr(landing, "build", lambda _, __, day: {"day": day})
    monkeypatch.setattr(landing.plans, "days_of_registers", lambda _: ())
    built = [told["day"] for told in landing.phases(tmp_path / "out", tmp_path, 2)]
    assert built == ["2026-01-02", "2026-01-03"]
    with pytest.raises(SystemExit, match="4 phases"):
        list(landing.phases(tmp_path / "out", tmp_path, 4))


def test_no_register_changes_within_two_phases() -> None:
    days = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]
    assert landing.days_of(days, 2, {"2026-01-03"}) == days[:2]
    assert landing.days_of(days, 1, {"2026-01-04"}) == days[3:]
    with pytest.raises(SystemExit, match="no change of a register"):
        landing.days_of(days[1:], 2, {"2026-01-03"})


def built_on_duckdb(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of two marts, of which one is filled later, and nothing else."""

    class Manifest:
        @staticmethod
        def assets(_: Layer) -> tuple[str, ...]:
            return ("model.one", "model.filled")

        @staticmethod
        def node(unique_id: str) -> dict[str, Any]:
            name = unique_id.split(".")[1]
            meta = {FILLED: True} if name == "filled" else {}
            return {
                "schema": "core",
                "alias": name,
                "config": {"meta": meta, "materialized": "table"},
            }

    settings = run.settings_of(folder, "")
    for path in (settings.work_db, settings.current_db):
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema core")
            connection.execute("create table core.one as select 1 as line_key, 5 as fee_krw")
    monkeypatch.setattr(run.DbtManifest, "read", lambda *_: Manifest)
    monkeypatch.setattr(run, "keys_of_models", lambda _: {"model.one": ("line_key",)})


def test_a_mart_that_spark_does_not_have_is_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built_on_duckdb(tmp_path, monkeypatch)
    told: dict[str, Any] = {"marts": [], "others": [], "seconds": {}}
    assert run.report(tmp_path, told, (Layer.MARTS,)) == 1
    assert "DIFFERS core.one: Spark has no such table" in capsys.readouterr().out


@pytest.mark.parametrize(("won", "code"), [(5, 0), (6, 1)])
def test_the_exit_code_is_that_of_the_comparison(
    won: int, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_on_duckdb(tmp_path, monkeypatch)
    file = tmp_path / "one.parquet"
    duckdb.sql(f"select 1 as line_key, {won} as fee_krw").write_parquet(str(file))
    mart = {"table": "core.one", "files": [str(file)], "columns": []}
    told: dict[str, Any] = {"marts": [mart], "others": [], "seconds": {}}
    assert run.report(tmp_path, told, (Layer.MARTS,)) == code


def test_only_what_is_named_with_a_reason_is_left_out() -> None:
    def node(materialized: str, **meta: bool) -> dict[str, Any]:
        return {"config": {"meta": meta, "materialized": materialized}}

    assert not run.is_left_out(node("view"), Layer.MARTS)
    assert not run.is_left_out(node("keyed"), Layer.STAGING)
    assert run.is_left_out(node("view"), Layer.STAGING)
    assert run.is_left_out(node("table", **{FILLED: True}), Layer.MARTS)
    assert all(run.LEFT_OUT.values())


@pytest.mark.parametrize(
    ("is_incremental", "merged", "why"),
    [(True, ["core.one"], ""), (True, [], "by a merge"), (False, ["core.one"], "everything")],
)
def test_a_second_phase_that_merged_nothing_proves_nothing(
    is_incremental: bool, merged: list[str], why: str
) -> None:
    said = run.proves_nothing({"is_incremental": is_incremental, "merged": merged})
    assert why in said
    assert bool(said) == bool(why)
