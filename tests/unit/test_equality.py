"""Two build directories are compared table by table, and a part of the tables each night."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import equality, equality_check
from orchestration.standing import Standing

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

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
