"""When a batch builds only what arrived, and every reason for building everything anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import plans, standing
from orchestration.standing import Standing, TakenFile

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.plans import Plan
    from orchestration.settings import Settings


def taken(name: str, entity: str = "lines", *, rows: int = 10, layout: str = "a") -> TakenFile:
    return TakenFile(name, entity, f"sha256 of {name}", layout, rows)


OPENING = (taken("2025-03-31/lines.parquet", rows=10_000),)
ARRIVED = taken("2025-09-02/lines.parquet")
BEFORE = Standing(
    as_of_date=dt.date(2025, 9, 1),
    book_id="book",
    sample_rate="1",
    reference_sha256="rules",
    code_sha256="code",
    generation="first.duckdb",
    full_bytes=1000,
    files=OPENING,
)
NOW = replace(BEFORE, as_of_date=dt.date(2025, 9, 2), files=(*OPENING, ARRIVED))


def decided(
    before: Standing | None = BEFORE,
    now: Standing = NOW,
    days: tuple[dt.date, ...] = (),
    standing_bytes: int = 1000,
    **options: bool,
) -> Plan:
    return plans.decide(before, now, days, standing_bytes=standing_bytes, **options)


def test_a_further_day_builds_what_arrived() -> None:
    plan = decided()
    assert plan.is_incremental
    assert plan.files == (ARRIVED,)


def test_a_batch_with_an_older_date_is_what_arrived() -> None:
    late = taken("2025-04-15/lines.parquet")
    plan = decided(now=replace(NOW, files=(OPENING[0], late)))
    assert plan.is_incremental
    assert plan.files == (late,)


def test_the_same_batch_again_builds_nothing_anew() -> None:
    plan = decided(now=BEFORE)
    assert plan.is_incremental
    assert plan.files == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code_sha256": "other"}, "the code has changed"),
        ({"reference_sha256": "other"}, "rules and registers have changed"),
        ({"book_id": "other"}, "pseudonym key"),
        ({"sample_rate": "0.5"}, "sample rate"),
        ({"generation": "older.duckdb"}, "another generation"),
        ({"as_of_date": dt.date(2025, 8, 31)}, "goes back"),
        ({"files": (ARRIVED,)}, "was taken in before and is gone"),
        ({"files": (replace(OPENING[0], sha256="other"),)}, "is gone or another one"),
        ({"files": (*OPENING, replace(ARRIVED, layout="b"))}, "other columns or types"),
        ({"files": (*OPENING, replace(ARRIVED, rows=5000))}, "rows arrived"),
        ({"files": (*OPENING, taken("2025-09-02/i.csv", "incidents"))}, "any line"),
    ],
)
def test_anything_else_that_changed_builds_everything_anew(
    changes: dict[str, object], reason: str
) -> None:
    plan = decided(now=replace(NOW, **changes))  # type: ignore[arg-type]
    assert not plan.is_incremental
    assert reason in plan.reason
    assert plan.files == ()


@pytest.mark.parametrize("day", [dt.date(2025, 9, 1), dt.date(2025, 9, 2)])
def test_a_day_of_a_register_that_comes_builds_everything_anew(day: dt.date) -> None:
    assert not decided(days=(day,)).is_incremental
    assert str(day) in decided(days=(day,)).reason


def test_days_of_registers_before_and_after_do_not() -> None:
    assert decided(days=(dt.date(2025, 8, 31), dt.date(2025, 9, 3))).is_incremental


def test_without_a_record_everything_is_built_anew() -> None:
    assert not decided(before=None).is_incremental


def test_it_can_be_asked_for() -> None:
    assert decided(is_full_asked=True).reason == "it was asked for"


def test_databases_that_have_grown_are_built_anew() -> None:
    assert decided(standing_bytes=1500).is_incremental
    assert "grown" in decided(standing_bytes=1501).reason


class TestDaysOfRegisters:
    def test_any_column_counts(self, tmp_path: Path) -> None:
        (tmp_path / "ref_rules.csv").write_text("rule,known_from\na,2025-09-01\nb,\n")
        assert plans.days_of_registers(tmp_path) == {dt.date(2025, 9, 1)}

    def test_a_calendar_says_nothing_by_its_days(self, tmp_path: Path) -> None:
        first = dt.date(2025, 1, 1)
        days = [first + dt.timedelta(days=number) for number in range(40)]
        path = tmp_path / "ref_calendar.csv"
        path.write_text("\n".join(["day", *map(str, days)]))
        assert plans.days_of_registers(tmp_path) == frozenset()
        path.write_text("\n".join(["day", *map(str, days[:20]), *map(str, days[21:])]))
        assert len(plans.days_of_registers(tmp_path)) == 39


class TestRecord:
    def test_what_is_written_is_read(self, settings: Settings) -> None:
        settings.work_dir.mkdir(parents=True)
        assert standing.read(settings) is None
        standing.write(settings, BEFORE)
        assert standing.read(settings) == BEFORE
        standing.forget(settings)
        assert standing.read(settings) is None

    @pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"files": [{"name": "a"}]}'])
    def test_a_damaged_record_is_none(self, settings: Settings, text: str) -> None:
        settings.work_dir.mkdir(parents=True)
        (settings.work_dir / "state.json").write_text(text)
        assert standing.read(settings) is None

    @pytest.mark.fault(
        kind="rerun",
        tried="steps of different runs that leave their tables side by side",
        holds="nothing is recorded that a later batch could build on",
    )
    def test_only_one_run_that_built_every_layer_counts(self, settings: Settings) -> None:
        settings.work_dir.mkdir(parents=True)
        layers = ("raw", "staging")
        assert not standing.is_of_one_run(settings, "a", layers)
        standing.begin(settings, "a")
        standing.note_built(settings, "a", "raw")
        assert not standing.is_of_one_run(settings, "a", layers)
        standing.note_built(settings, "a", "staging")
        assert standing.is_of_one_run(settings, "a", layers)
        assert not standing.is_of_one_run(settings, "b", layers)
        standing.begin(settings, "a")
        standing.note_built(settings, "a", "raw")
        standing.note_built(settings, "b", "staging")
        assert not standing.is_of_one_run(settings, "a", layers)
