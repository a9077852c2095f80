"""A table that kept its rows is measured and compared by the lines in scope alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.restatements import CHECKSUMS
from tests.orchestration.two_generations import BEFORE, NOW, TABLES, TwoGenerations

if TYPE_CHECKING:
    from pathlib import Path

ENDS = "churn.fct_ends"


@pytest.fixture
def two(tmp_path: Path) -> TwoGenerations:
    """Line 3 and a line that is new are in scope; the generation before carries its checksums."""
    kept = tuple(
        replace(table, kept_by="line_key") if table.full_name == ENDS else table for table in TABLES
    )
    made = TwoGenerations(tmp_path, tables=kept)
    made.compare()
    with duckdb.connect(str(tmp_path / f"{BEFORE}.duckdb")) as connection:
        connection.execute(f"attach '{tmp_path / f'{NOW}.duckdb'}' as measured (read_only)")
        connection.execute(f"insert into {CHECKSUMS} from measured.{CHECKSUMS}")
    made.change(
        "create schema scope; create table scope.line_keys as select unnest([3, 9]) as line_key",
        "work",
    )
    return made


def measured(two: TwoGenerations) -> list[tuple[object, ...]]:
    with duckdb.connect(str(two.folder / f"{NOW}.duckdb")) as connection:
        return connection.execute(
            f"select * from {CHECKSUMS} where published_table = '{ENDS}' order by all"
        ).fetchall()


@pytest.mark.parametrize(
    "change",
    [
        "select 1",
        "update churn.fct_ends set fee_krw = 1 where line_key = 3",
        "delete from churn.fct_ends where line_key = 3",
        "insert into churn.fct_ends values (9, '2026-01-15', 500, 'port_out', null)",
    ],
)
def test_what_is_carried_on_is_what_would_be_measured(two: TwoGenerations, change: str) -> None:
    two.deliver("2026-03-11", "E9", "L9", "2026-01-15", 500)
    two.change(change)
    whole = two.compare()
    by_rows = measured(two)
    assert two.compare(is_built_on=True) == whole
    assert measured(two) == by_rows


def test_rows_that_stood_are_not_read(two: TwoGenerations) -> None:
    """What cannot have changed is not looked for: the job `equality` is who finds it out."""
    two.change("update churn.fct_ends set fee_krw = 1 where line_key = 1")
    _, outcomes, _ = two.compare(is_built_on=True)
    assert outcomes[ENDS].outcome == "unchanged"
    _, outcomes, _ = two.compare()
    assert outcomes[ENDS].outcome == "restated"


def test_a_generation_without_checksums_is_measured_whole(two: TwoGenerations) -> None:
    two.change(f"delete from {CHECKSUMS}", BEFORE)
    two.change("update churn.fct_ends set fee_krw = 1 where line_key = 1")
    two.compare(is_built_on=True)
    carried = measured(two)
    two.compare()
    assert measured(two) == carried


def test_causes_are_told_by_what_was_built_for_the_scope(two: TwoGenerations) -> None:
    two.deliver("2026-03-11", "E3", "L3", "2026-02-05", 1)
    two.change("update churn.fct_ends set fee_krw = 1 where line_key = 3")
    whole = two.compare()
    cells, _, _ = whole
    assert cells[ENDS, "line_key=3", "fee_krw"]["cause"] == "correction"
    built = "create table scope.built_stg_operator__{0} as from restricted.stg_operator__{0}"
    two.change(
        "create table raw.ends_in_scope as from raw.raw_ends; "
        f"{built.format('line_vault')}; {built.format('ends_exceptions')}; "
        "delete from restricted.stg_operator__line_vault",
        "work",
    )
    assert two.compare(is_built_on=True) == whole
    two.change("delete from scope.built_stg_operator__ends_exceptions", "work")
    cells, _, _ = two.compare(is_built_on=True)
    assert cells[ENDS, "line_key=3", "fee_krw"]["cause"] == "late_data"
