"""A range of days: in order, stopped at the first failure, taken up again, readers left alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import backfill, delivered, fingerprints, reader_view
from orchestration.errors import BadInput
from orchestration.instance import open_instance
from orchestration.settings import Settings
from tests.orchestration.small_batch import Small, install
from tests.unit import standings

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND, THIRD = (dt.date(2026, 1, day) for day in (1, 2, 3))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    for name in ("AFTERMATH_LANDING", "AFTERMATH_REFERENCE", "AFTERMATH_AS_OF"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", str(tmp_path))
    small = install(monkeypatch, Settings.from_env())

    class Validator:
        """In the place of the process that imports Great Expectations."""

        def __init__(self, _memory_limit: str) -> None:
            self.judge = small.judge

        def start(self) -> None:
            return

        def stop(self) -> None:
            return

        __call__ = staticmethod(small.judge)

    monkeypatch.setattr(backfill, "ValidatorProcess", Validator)
    return small


@pytest.mark.fault(
    kind="rerun",
    tried="a backfill of days before the one that readers see fails half-way and is resumed",
    holds="it stops at the day and names it, resumes there, and readers stay on the newest day",
)
def test_a_backfill_stops_where_it_fails_and_resumes_there(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small.run(replace(small.settings, as_of=str(THIRD))).is_success
    seen = small.settings.current_db.resolve()
    small.dbt_fails_in, small.dbt_fails_on = "marts", str(SECOND)
    asked = ["--from", str(FIRST), "--to", str(SECOND)]
    assert backfill.main(asked) == 1
    told = capsys.readouterr()
    assert f"{FIRST}  published" in told.out
    assert "readers stay on a later day" in told.out
    assert f"Stopped at {SECOND}: 1 of 2 days are published." in told.err
    assert "Stopped while dbt built the marts layer" in told.err

    small.dbt_fails_in = ""
    assert backfill.main([*asked, "--resume"]) == 0
    told = capsys.readouterr()
    assert f"{FIRST}  published already" in told.out
    assert f"{SECOND}  published 2" in told.out
    assert len(small.built) == 4 * 4
    assert small.settings.current_db.resolve() == seen
    assert [each.as_of_date for each in reader_view.kept(small.settings)] == [THIRD, FIRST, SECOND]
    with open_instance(small.settings) as instance:
        partitions = [run.tags["dagster/partition"] for run in instance.get_runs()]
    assert partitions == [str(day) for day in (SECOND, SECOND, FIRST, THIRD)]


def a_plan(settings: Settings, *arguments: str) -> backfill.Plan:
    asked, _ = backfill.parse(arguments)
    return backfill.plan(settings, asked, delivered.look(settings))


def test_only_what_a_run_would_make_again_is_left_out(tmp_path: Path) -> None:
    settings = replace(Settings.from_env({}), build_dir=tmp_path)
    found = delivered.look(settings)
    facts = {"reference_sha256": fingerprints.of_folder(settings.reference)}
    standings.publish(settings, FIRST, delivery_sha256=found.sha256(FIRST), **facts)
    standings.publish(settings, SECOND, delivery_sha256="other files", **facts)
    standings.publish(
        settings, THIRD, delivery_sha256=found.sha256(THIRD), code_version="older", **facts
    )
    asked = ("--from", str(FIRST), "--to", str(THIRD))
    assert a_plan(settings, *asked, "--resume").to_do == (SECOND, THIRD)
    assert a_plan(settings, *asked, "--resume").done == (FIRST,)
    assert a_plan(settings, *asked).to_do == (FIRST, SECOND, THIRD)


def test_it_warns_of_what_will_not_be_kept(tmp_path: Path) -> None:
    settings = replace(Settings.from_env({}), build_dir=tmp_path, keep_generations=3)
    assert a_plan(settings, "--from", str(FIRST), "--to", str(THIRD)).warnings == ()
    standings.publish(settings, delivered.look(settings).days[-1])
    [warning] = a_plan(settings, "--from", str(FIRST), "--to", str(THIRD)).warnings
    assert "4 generations, but AFTERMATH_KEEP_GENERATIONS=3" in warning


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--from", "soon"), "FROM or TO is not a day"),
        (("--from", "2026-01-03", "--to", "2026-01-01"), "ends before it begins"),
        (("--from", "2027-01-01", "--to", "2027-01-02"), "No batch was delivered"),
        (("--from", "2026-01-01", "--landing", "/nowhere"), "LANDING is no folder"),
    ],
)
def test_a_range_that_can_mean_nothing_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], part: str
) -> None:
    settings = replace(Settings.from_env({}), build_dir=tmp_path)
    with pytest.raises(BadInput, match=part):
        a_plan(settings, *arguments)
