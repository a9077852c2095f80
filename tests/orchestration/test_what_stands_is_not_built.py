"""A batch that builds on the one before: what reads nothing new is told of, and not built again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from orchestration import batch_start, work_area
from orchestration.instance import open_instance
from orchestration.settings import Settings
from tests.orchestration.small_batch import Small, install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    return install(monkeypatch, replace(Settings.from_env({}), build_dir=tmp_path / "build"))


def told_of(small: Small, run_id: str) -> dict[str, Any]:
    """What the run says of each table and each test, by name."""
    with open_instance(small.settings) as instance:
        events = [entry.dagster_event for entry in instance.all_logs(run_id)]
    told: dict[str, Any] = {}
    for event in events:
        if event and event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
            made = event.step_materialization_data.materialization
            told[made.asset_key.path[-1]] = made.metadata
        elif event and event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            found = event.asset_check_evaluation_data
            told[found.check_name] = {"passed": found.passed, **found.metadata}
    return told


def test_what_reads_nothing_new_is_not_built(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    assert small.run().is_success
    begin = batch_start.begin

    def build_on(settings: Settings, keyed: tuple[str, ...]) -> batch_start.Start:
        """Begin as if it had been planned on the batch before, and nothing had arrived."""
        monkeypatch.setattr(work_area, "empty", lambda _: None)
        start = begin(settings, keyed)
        found = replace(start.intake, is_incremental=True)
        work_area.write_facts(settings, found)
        return replace(start, intake=found)

    monkeypatch.setattr(batch_start, "begin", build_on)
    small.built.clear()
    done = small.run()
    assert done.is_success, done.why
    assert small.built == ["marts"], "the candidate begins without its marts, the others stand"

    told = told_of(small, done.run_id)
    stands = {name for name, facts in told.items() if "built" in facts or "tested" in facts}
    assert {"raw_batch_files", "stg_things", "one_row_per_int_things"} <= stands
    assert not any("fct_" in name for name in stands)
    assert told["stg_things"]["dagster/row_count"].value == 1
    assert told["one_row_per_int_things"]["passed"]
