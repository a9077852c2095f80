"""Two build directories are compared table by table, and a part of the tables each night."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
import pytest

from orchestration import batch_start, equality, equality_check, equality_turns, rebuild, standing
from orchestration.dbt_session import DbtError
from orchestration.equality import Difference
from orchestration.standing import Standing
from tests.unit.publisher import NO_PROJECT, publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.settings import Settings
    from tests.unit.conftest import LandingArea

TABLES = """
    create schema core; create schema restricted; create schema raw;
    create table core.dim_lines as select 7 as line_key, 'handset' as line_kind;
    create table restricted.vault as select 'L1' as line_id;
    create table raw.lines_in_scope as select 'L1' as line_id;
    create table core.published_generation as select 1 as generation_id;
"""


def databases(folder: Path, fault: str) -> tuple[Path, Path]:
    paths = (folder / "left.duckdb", folder / "right.duckdb")
    for path, further in zip(paths, ("", fault), strict=True):
        with duckdb.connect(str(path)) as connection:
            connection.execute(TABLES + further)
    return paths


def test_equal_databases_differ_in_nothing(tmp_path: Path) -> None:
    left, right = databases(
        tmp_path,
        "update core.published_generation set generation_id = 2; delete from raw.lines_in_scope",
    )
    assert equality.compare(left, right) == []
    assert equality.tables(left) == ["core.dim_lines", "restricted.vault"]


@pytest.mark.fault(
    kind="late data",
    tried="a table built by key that is not what a rebuild gives",
    holds="the comparison names the table and a few rows, and shows no identifier",
)
@pytest.mark.parametrize(
    ("fault", "table", "shown"),
    [
        ("update core.dim_lines set line_kind = 'watch'", "core.dim_lines", "watch"),
        ("insert into core.dim_lines from core.dim_lines", "core.dim_lines", "handset"),
        ("drop table core.dim_lines", "core.dim_lines", "only one of both"),
        ("alter table core.dim_lines add column age int", "core.dim_lines", "other columns"),
        ("update restricted.vault set line_id = 'L2'", "restricted.vault", "some differ"),
    ],
)
def test_a_table_that_differs_is_named(tmp_path: Path, fault: str, table: str, shown: str) -> None:
    [difference] = equality.compare(*databases(tmp_path, fault))
    assert difference.table == table
    assert shown in str(difference)
    assert "L2" not in str(difference)


def test_every_table_has_its_turn_within_the_nights() -> None:
    tables = [f"core.table_{number}" for number in range(50)]
    nights = [
        [table for table in tables if equality_check.is_in_turn(table, night)]
        for night in range(equality_check.NIGHTS)
    ]
    assert sorted(table for night in nights for table in night) == sorted(tables)


class TestWhyNot:
    STOOD = Standing(dt.date(2026, 1, 5), "book", "1", "rules", "code", "a.duckdb", 1, ())

    def test_the_batch_that_stands_can_be_compared(self) -> None:
        assert not equality_check.why_not(self.STOOD, self.STOOD)

    @pytest.mark.parametrize(
        "change",
        [
            {"as_of_date": dt.date(2026, 1, 6)},
            {"code_sha256": "other"},
            {"reference_sha256": "other"},
            {"book_id": "other"},
            {"generation": "b.duckdb"},
        ],
    )
    def test_another_one_cannot(self, change: dict[str, object]) -> None:
        assert equality_check.why_not(self.STOOD, replace(self.STOOD, **change))  # type: ignore[arg-type]

    def test_nothing_stands_in_an_empty_work_area(self, settings: Settings) -> None:
        assert "no published batch" in str(equality_check.differences(settings, 0))


@pytest.fixture
def stands(settings: Settings, landing: LandingArea) -> Settings:
    """One batch that was published."""
    landing.deliver("2019-03-04", {"lines": [{"line_id": "L1", "customer_id": "C1"}]})
    first = batch_start.begin(settings, NO_PROJECT)
    publish(settings, 1)
    batch_start.ended(settings, first.intake)
    return settings


def compare(
    settings: Settings, found: list[Difference] | str, patch: pytest.MonkeyPatch
) -> list[int]:
    """Run the job's step with what a comparison finds; returns the turns that were compared."""
    asked: list[int] = []
    patch.setattr(equality_check, "differences", lambda _, turn: asked.append(turn) or found)
    equality_check.compare_with_a_rebuild(dg.build_op_context(), settings=settings)
    return asked


@pytest.mark.fault(
    kind="late data",
    tried="the nightly comparison finds a table that is not what a rebuild gives",
    holds="the job fails, the next batch builds everything anew, and the next comparison looks at "
    "the same tables",
)
def test_nothing_is_built_on_a_table_that_differs(
    stands: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compare(stands, [], monkeypatch) == [0]
    assert standing.read(stands) is not None
    with pytest.raises(dg.Failure, match=r"core\.dim_lines"):
        compare(stands, [Difference("core.dim_lines", "some differ")], monkeypatch)
    assert standing.read(stands) is None
    assert "no published batch" in batch_start.begin(stands, NO_PROJECT).told
    assert compare(stands, [], monkeypatch) == [1]
    assert compare(stands, [], monkeypatch) == [2]


def test_nothing_is_built_on_rows_that_break_a_rule(
    stands: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(error: DbtError) -> None:
        def differences(*_: object) -> None:
            raise error

        monkeypatch.setattr(equality_check, "differences", differences)
        with pytest.raises(dg.Failure, match="built anew, or fails a test"):
            equality_check.compare_with_a_rebuild(dg.build_op_context(), settings=stands)

    found(DbtError("no memory"))
    assert standing.read(stands) is not None
    found(rebuild.RuleBroken("test.key: fail"))
    assert standing.read(stands) is None


def test_a_comparison_that_never_comes_about_is_told(
    stands: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(equality_check.NIGHTS - 1):
        compare(stands, "files arrived", monkeypatch)
    with pytest.raises(dg.Failure, match="Nothing was compared 7 times in succession: files"):
        compare(stands, "files arrived", monkeypatch)
    compare(stands, [], monkeypatch)
    assert equality_turns.read(stands) == equality_turns.Turns(done=1, idle=0)
    sample = replace(stands, landing=None)
    for _ in range(equality_check.NIGHTS + 1):
        compare(sample, "no landing area", monkeypatch)


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_to_all")
@pytest.mark.fault(
    kind="privacy",
    tried="a comparison is killed, and the next one fails, under a process open to everybody",
    holds="what it builds from is the batch user's alone, and is gone when it or the next batch "
    "ends or begins",
)
def test_what_is_built_to_be_compared_is_private_and_does_not_stay(
    stands: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = stands.build_dir / "equality" / "work" / "left.duckdb"
    seen = []

    def anew(scratch: Settings, *_: object, is_tested: bool) -> None:
        assert is_tested, "a batch tests the rows it built: here is where all of them are"
        assert not left.exists()
        left.write_text("L1")
        seen.extend(
            oct(path.stat().st_mode) for path in (scratch.build_dir, scratch.work_dir, left)
        )
        raise DbtError("no memory")

    monkeypatch.setattr(rebuild, "anew", anew)
    left.parent.mkdir(parents=True)
    left.write_text("L1")
    with pytest.raises(DbtError):
        equality_check.differences(stands, 0)
    assert seen == ["0o40700", "0o40700", "0o100640"]
    assert not left.parent.parent.exists()

    left.parent.mkdir(parents=True)
    left.write_text("L1")
    batch_start.begin(replace(stands, is_full=True), NO_PROJECT)
    assert not left.parent.parent.exists()
