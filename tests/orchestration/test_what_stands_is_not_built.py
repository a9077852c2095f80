"""A batch that builds on the one before: what reads nothing new is told of, and not built again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import pytest

from orchestration import batch, fingerprints, tables
from orchestration.instance import open_instance
from orchestration.restatement_tables import FILLED
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
    # The files of the small project are not there: they count as changed each time.
    monkeypatch.setattr(fingerprints, "of_nodes", lambda nodes, _: dict.fromkeys(nodes, "same"))
    assert small.run().is_success
    small.built.clear()
    done = small.run()
    assert done.is_success, done.why
    assert small.built == [], "everything stands"

    told = told_of(small, done.run_id)
    stands = {name for name, facts in told.items() if "built" in facts or "tested" in facts}
    assert {"raw_batch_files", "stg_things", "one_row_per_int_things", "fct_core"} <= stands
    assert told["stg_things"]["dagster/row_count"].value == 1
    assert told["one_row_per_int_things"]["passed"]


def test_what_is_filled_after_the_gate_stands_empty(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprints, "of_nodes", lambda nodes, _: dict.fromkeys(nodes, "same"))
    assert small.run().is_success
    mart = batch.DbtSession(small.settings).manifest().node("model.small.fct_core")
    monkeypatch.setitem(mart["config"], "meta", {FILLED: True})
    done = small.run()
    assert "core" in done.why, "nobody filled it, so that it cannot be published"
    assert tables.row_counts(small.settings.candidate_db, [("core", "fct_core")]) == {
        ("core", "fct_core"): 0
    }


@pytest.mark.fault(
    kind="rerun",
    tried="the sample is built again after one seed, one model or one data test was changed, the "
    "day is another one, or everything anew is asked for",
    holds="what reads the change is built again and what does not stands; without a record, on "
    "another day and when asked for, everything is built",
)
def test_what_reads_a_change_is_built(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    made_of = {"seed.small.raw_batch_files": "a", "model.small.int_things": "a"}
    monkeypatch.setattr(
        fingerprints, "of_nodes", lambda nodes, _: dict.fromkeys(nodes, "same") | made_of
    )
    everything = ["raw", "staging", "intermediate", "marts"]

    def layers_of(settings: Settings) -> list[str]:
        small.built.clear()
        assert small.run(settings).is_success
        return list(small.built)

    assert layers_of(small.settings) == everything
    assert layers_of(small.settings) == []
    made_of["model.small.int_things"] = "b"
    assert layers_of(small.settings) == ["intermediate", "marts"]
    made_of["test.small.one_row_per_stg_things"] = "b"
    assert layers_of(small.settings) == ["staging"]
    made_of["seed.small.raw_batch_files"] = "b"
    assert layers_of(small.settings) == everything
    with duckdb.connect(str(small.settings.work_db)) as connection:
        connection.execute("drop table staging.stg_things")
    assert layers_of(small.settings) == ["staging"]
    assert layers_of(replace(small.settings, is_full=True)) == everything
    assert layers_of(replace(small.settings, as_of="2026-01-03")) == everything
    assert layers_of(small.settings) == everything
