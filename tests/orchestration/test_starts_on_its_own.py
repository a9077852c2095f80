"""What the schedule and the landing sensor decide, on the state as it is, and in which words."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from orchestration import (
    delivered,
    fingerprints,
    instance,
    outlook,
    partitions,
    run_life,
    schedules,
    sensors,
)
from orchestration.errors import BadInput
from orchestration.jobs import BATCH
from orchestration.settings import Settings
from tests.unit import standings

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = dt.date(2026, 1, 1)


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """The records of a build directory in which nothing was run."""
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    with instance.open_instance(Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path)})) as found:
        yield found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that read a landing area with batches of two days."""
    root = tmp_path / "landing"
    root.mkdir()
    for number in range(2):
        deliver(root, FIRST + dt.timedelta(days=number))
    return replace(Settings.from_env({}), build_dir=tmp_path / "build", landing=root)


def deliver(
    root: Path, day: dt.date, *, text: str = "line_id\nL1\n", manifest: bool = True
) -> None:
    folder = root / day.isoformat()
    folder.mkdir(exist_ok=True)
    (folder / "lines.csv").write_text(text)
    file = {
        "entity": "lines",
        "name": "lines.csv",
        "rows": 1,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    document = {"batch_date": str(day), "sample_rate": 1, "is_demo": True, "files": [file]}
    if manifest:
        (folder / "_manifest.json").write_text(json.dumps(document))


def publish(settings: Settings, day: dt.date) -> None:
    """Publish what is delivered as of a day."""
    standings.publish(
        settings,
        day,
        delivery_sha256=delivered.look(settings).sha256(day),
        reference_sha256=fingerprints.of_folder(settings.reference),
    )


def says(decision: object) -> str:
    assert isinstance(decision, dg.SkipReason), decision
    return decision.skip_message or ""


def asked(decision: object) -> tuple[str | None, str | None, str | None]:
    """Partition, run key and cursor of a run that was asked for."""
    if isinstance(decision, dg.RunRequest):
        return decision.partition_key, decision.run_key, None
    assert isinstance(decision, dg.SensorResult), decision
    [request] = decision.run_requests or []
    return request.partition_key, request.run_key, decision.cursor


def test_a_complete_batch_is_asked_for_once_and_again_when_it_changes(
    records: dg.DagsterInstance, settings: Settings
) -> None:
    landing = settings.landing
    assert landing
    partition, key, cursor = asked(sensors.on_landing(records, settings, None))
    assert partition == "2026-01-02"
    assert key
    assert set(records.get_dynamic_partitions("batch_dates")) == {"2026-01-01", "2026-01-02"}
    assert asked(sensors.on_landing(records, settings, None))[1] == key, "the key is not stable"

    told = says(sensors.on_landing(records, settings, cursor))
    assert "was started for what is delivered now and did not publish" in told

    file = landing / "2026-01-02" / "lines.csv"
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
    assert asked(sensors.on_landing(records, settings, cursor))[1] != key

    publish(settings, FIRST + dt.timedelta(days=1))
    told = says(sensors.on_landing(records, settings, cursor))
    assert told == "Nothing new since 2026-01-02."


def test_several_days_that_came_at_once_are_one_run_and_a_late_old_day_another(
    records: dg.DagsterInstance, settings: Settings
) -> None:
    landing = settings.landing
    assert landing
    publish(settings, FIRST + dt.timedelta(days=1))
    deliver(landing, FIRST + dt.timedelta(days=3))
    deliver(landing, FIRST + dt.timedelta(days=4))
    partition, _, cursor = asked(sensors.on_landing(records, settings, None))
    assert partition == "2026-01-05"

    publish(settings, FIRST + dt.timedelta(days=4))
    assert says(sensors.on_landing(records, settings, cursor))
    deliver(landing, FIRST + dt.timedelta(days=2))
    assert asked(sensors.on_landing(records, settings, cursor))[0] == "2026-01-05"


@pytest.mark.fault(
    kind="late data",
    tried="ticks of sensor and schedule while a batch is copied, half written or missing",
    holds="nothing starts from it, and the tick says which folder lacks what and which day misses",
)
def test_a_tick_says_what_is_not_there_yet_and_which_day_misses(
    records: dg.DagsterInstance, settings: Settings
) -> None:
    landing = settings.landing
    assert landing
    deliver(landing, FIRST + dt.timedelta(days=3))
    deliver(landing, FIRST + dt.timedelta(days=4), manifest=False)
    request = schedules.decide(records, settings)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == "2026-01-04"
    assert request.tags[outlook.MISSING_TAG] == "2026-01-03"

    publish(settings, FIRST + dt.timedelta(days=3))
    assert says(sensors.on_landing(records, settings, None)) == (
        "Nothing new since 2026-01-04. 2026-01-05 has no manifest yet, delivered files: 1. "
        "Missing days: 2026-01-03."
    )

    (landing / "2026-01-05" / "_manifest.json").write_text('{"batch_da')
    told = says(sensors.on_landing(records, settings, None))
    assert told.startswith("No run would get past its intake. 2026-01-05 cannot be read")
    assert says(schedules.decide(records, settings)) == told


def test_the_schedule_says_why_it_does_not_run(
    records: dg.DagsterInstance, settings: Settings
) -> None:
    publish(settings, FIRST + dt.timedelta(days=1))
    assert says(schedules.decide(records, settings)) == (
        "Nothing new since 2026-01-02: readers see this batch, by these rules and this code."
    )
    fixed = replace(settings, as_of="2026-01-01")
    assert "AFTERMATH_AS_OF=2026-01-01 fixes the day" in says(schedules.decide(records, fixed))
    gone = replace(settings, landing=settings.build_dir / "nothing")
    assert "does not exist or is not a folder" in says(schedules.decide(records, gone))
    sample = replace(settings, landing=None)
    assert (
        asked(schedules.decide(records, sample))[0] == delivered.look(sample).days[-1].isoformat()
    )
    publish(sample, delivered.look(sample).days[-1])
    assert says(schedules.decide(records, sample)) == (
        "No landing area is set (AFTERMATH_LANDING), and the bundled sample is published."
    )
    assert "the sample does not grow" in says(sensors.on_landing(records, sample, None))


def test_rules_that_changed_are_worth_a_run_of_the_schedule(
    records: dg.DagsterInstance, settings: Settings
) -> None:
    day = FIRST + dt.timedelta(days=1)
    standings.publish(settings, day, delivery_sha256=delivered.look(settings).sha256(day))
    assert asked(schedules.decide(records, settings))[0] == "2026-01-02"
    assert says(sensors.on_landing(records, settings, None)) == "Nothing new since 2026-01-02."


@pytest.mark.fault(
    kind="contention",
    tried="ticks of sensor and schedule while a run is queued, runs, or was killed",
    holds="nothing is started beside a run that lives; a killed one holds nobody up",
)
def test_a_run_that_lives_is_waited_for_and_a_killed_one_is_not(
    records: dg.DagsterInstance, settings: Settings
) -> None:
    @dg.op
    def nothing() -> None:
        """Do nothing."""

    @dg.job(name=BATCH)
    def batch() -> None:
        nothing()

    run = records.create_run_for_job(batch, tags={"dagster/partition": "2026-01-01"})
    told = says(schedules.decide(records, settings))
    assert told.startswith(f"A batch as of 2026-01-01 is queued (run {run.run_id[:8]}, since ")

    records.report_dagster_event(
        dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, BATCH), run.run_id
    )
    home = Path(records.root_directory)
    sign = run_life.sign_of_life(home, run.run_id)
    run_life.show(home, run.run_id)
    assert "is running" in says(sensors.on_landing(records, settings, None))
    # A sign that nobody holds any more is that of a killed process.
    sign.unlink()
    sign.touch()
    assert asked(sensors.on_landing(records, settings, None))[0] == "2026-01-02"


def test_the_partition_of_a_run_is_its_day_and_nothing_may_contradict_it(
    settings: Settings,
) -> None:
    tags = {partitions.PARTITION_TAG: "2026-01-01"}
    assert partitions.pinned(settings, tags).as_of == "2026-01-01"
    assert partitions.pinned(settings, {}) == settings
    same = replace(settings, as_of="2026-01-01")
    assert partitions.pinned(same, tags) == same
    later = replace(settings, as_of="2026-01-05")
    assert partitions.of_run(later) == "2026-01-02"
    with pytest.raises(BadInput, match="AFTERMATH_AS_OF=2026-01-05 fixes another day"):
        partitions.pinned(later, tags)
    with pytest.raises(dg.Failure, match="the work area was built as of 2026-01-02"):
        partitions.require_day(same, FIRST + dt.timedelta(days=1))
    partitions.require_day(same, FIRST)


def test_readers_are_led_back_only_by_who_asks_for_it(settings: Settings) -> None:
    day = FIRST + dt.timedelta(days=1)
    assert partitions.readers_may_move(settings, {}, "books", FIRST), "nothing is published"
    publish(settings, day)
    assert not partitions.readers_may_move(settings, {}, "books", FIRST)
    assert partitions.readers_may_move(settings, {}, "books", day)
    assert partitions.readers_may_move(settings, {}, "other books", FIRST)
    # A day of a year to come, asked for by mistake, does not keep readers from what comes.
    publish(settings, day + dt.timedelta(days=365))
    newest = delivered.look(settings).days[-1]
    assert partitions.readers_may_move(settings, {}, "books", newest)
    assert not partitions.readers_may_move(settings, {}, "books", FIRST)
    follow = {partitions.READERS_TAG: partitions.FOLLOW}
    assert partitions.readers_may_move(settings, follow, "books", FIRST)
