"""A published generation is reproduced from its own inputs or not at all, and compared exactly."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import generation_history, reproduce, reproduction
from orchestration.errors import BadInput
from orchestration.settings import Settings
from tests.orchestration.two_generations import BEFORE, TABLES, TwoGenerations

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.generation_history import Edition, MadeOf

FACTS = {"book_id": "books", "delivery_sha256": "files"}


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    two = TwoGenerations(tmp_path)
    made = two.edition(BEFORE, two.before_on, {"2026-03-09": "s0", "2026-03-10": "s1"})
    return replace(made, facts=FACTS)


def test_the_same_rows_in_another_order_are_the_same(edition: Edition, tmp_path: Path) -> None:
    again = tmp_path / "again.duckdb"
    shutil.copyfile(edition.path, again)
    with duckdb.connect(str(again)) as connection:
        connection.execute(
            "create or replace table churn.fct_ends as from churn.fct_ends order by ended_on desc"
        )
    assert all(each.is_same for each in reproduction.compare(edition, again, TABLES))


@pytest.mark.parametrize(
    "fault",
    [
        "update churn.rpt_ends_monthly set mean_fee = mean_fee * (1 + 1e-15) where ends = 2",
        "update churn.rpt_ends_monthly set ends = null where ends = 2",
        "insert into churn.rpt_ends_monthly from churn.rpt_ends_monthly limit 1",
        "alter table churn.rpt_ends_monthly alter ends type integer",
        "drop table churn.rpt_ends_monthly",
    ],
    ids=["last digit", "null", "row twice", "type", "no table"],
)
@pytest.mark.fault(
    kind="rerun",
    tried="A reproduction differs in the last digit of a double, a null, a row, a type or a table",
    holds="that table, and no other, is told to differ",
)
def test_whatever_differs_is_told(edition: Edition, tmp_path: Path, fault: str) -> None:
    again = tmp_path / "again.duckdb"
    shutil.copyfile(edition.path, again)
    with duckdb.connect(str(again)) as connection:
        connection.execute(fault)
    found = reproduction.compare(edition, again, TABLES)
    assert {each.table for each in found if not each.is_same} == {"churn.rpt_ends_monthly"}


def refused(edition: Edition, made_of: MadeOf, facts: dict[str, str] | None = None) -> str:
    with pytest.raises(BadInput) as refusal:
        reproduction.refuse_other_inputs(edition, facts or FACTS, made_of, "here")
    return refusal.value.what


@pytest.mark.fault(
    kind="rerun",
    tried="A generation is made again with other code, registers, deliveries or another key",
    holds="it is refused before anything runs, and what is other is named",
)
def test_other_inputs_are_refused_and_named(edition: Edition) -> None:
    own = edition.made_of
    reproduction.refuse_other_inputs(edition, FACTS, own, "here")
    assert "ref_plans" in refused(edition, replace(own, registers={"ref_plans": "other"}))
    late = {**own.batches, "2026-03-08": "late"}
    assert "2026-03-08 (new)" in refused(edition, replace(own, batches=late))
    gone = {"2026-03-10": "s1"}
    assert "2026-03-09 (missing)" in refused(edition, replace(own, batches=gone))
    assert "key" in refused(edition, own, {**FACTS, "book_id": "of another key"})
    with pytest.raises(BadInput, match=r"churn\.fct_ends is other"):
        reproduction.refuse_other_code(edition, [replace(TABLES[0], code="x"), *TABLES[1:]])
    with pytest.raises(BadInput, match="DuckDB"):
        reproduction.refuse_other_code(replace(edition, engine="0.1"), TABLES)


@pytest.mark.fault(
    kind="privacy",
    tried="A generation is made again in a scratch directory that is kept, by a process open to "
    "everybody",
    holds="before anything is written, what it works on is the batch user's alone",
)
def test_a_scratch_directory_is_private_before_anything_is_written(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def manifest(scratch: Settings) -> None:
        (scratch.work_dir / "new").touch()
        paths = (scratch.work_dir, scratch.vault_dir, scratch.build_dir, scratch.work_dir / "new")
        seen.extend(oct(path.stat().st_mode & 0o777) for path in paths)
        raise BadInput("seen", "here", "no more")

    monkeypatch.setattr(reproduce, "_manifest", manifest)
    for name in ("AFTERMATH_BUILD_DIR", "AFTERMATH_AS_OF", "AFTERMATH_LANDING"):
        monkeypatch.setenv(name, "")
    sample = replace(edition, facts={**FACTS, "raw_carrier": "seeds"})
    before = os.umask(0)
    try:
        with pytest.raises(BadInput, match="seen"):
            reproduce._reproduce(Settings.from_env({}), sample, tmp_path / "scratch")
    finally:
        os.umask(before)
    assert seen == ["0o700", "0o700", "0o751", "0o640"]


def published(settings: Settings, number: int, day: str, book: str = "b") -> str:
    """Put a generation that says only its day and its books; the newest is current."""
    name = f"2026040{number}T000000000000-0000000{number}"
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.published_dir / f"{name}.duckdb")) as connection:
        connection.execute(
            "create schema core; create table core.published_generation as select "
            f"date '{day}' as as_of_date, 'v' as code_version, '1' as duckdb_version, "
            f"""'{{"book_id": "{book}"}}' as further_facts"""
        )
    show(settings, name)
    return name


def show(settings: Settings, name: str) -> None:
    settings.current_db.unlink(missing_ok=True)
    settings.current_db.symlink_to(f"{name}.duckdb")


@pytest.mark.fault(
    kind="roll-back",
    tried="Readers were rolled back to the generation before, and the next batch runs",
    holds="it is compared with what readers see, not with what was taken from them",
)
def test_a_batch_is_compared_with_what_readers_saw_of_its_books(tmp_path: Path) -> None:
    settings = Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path)})

    def before(day: str, book: str = "b") -> str:
        found = generation_history.before(settings, book, dt.date.fromisoformat(day))
        return found.generation_id if found else ""

    assert not before("2026-01-31")
    first = published(settings, 1, "2026-01-31")
    second = published(settings, 2, "2026-02-01")
    assert before("2026-02-02") == second
    assert not before("2026-02-02", book="other books")
    assert not before("2026-01-30")
    assert before("2026-01-31") == first, "a replay is compared with the generation of its day"
    show(settings, first)
    assert before("2026-02-01") == first, "what a roll-back took away is no measure"
    replay = published(settings, 3, "2026-01-31")
    assert before("2026-02-02") == second, "a replay does not hide the latest day"
    assert before("2026-01-31") == replay
