"""Events that are stored together read as Dagster stores them one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration import event_log
from orchestration.event_log import PooledSqliteEventLogStorage
from orchestration.instance import open_instance
from orchestration.settings import Settings
from tests.orchestration.small_batch import install

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

TABLES = ("event_logs", "asset_keys", "asset_event_tags", "asset_check_executions")
PLANNED = dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
MADE = dg.DagsterEventType.ASSET_MATERIALIZATION
ANOTHER = dg.AssetKey(["raw", "another"])
EVALUATED = dg.DagsterEventType.ASSET_CHECK_EVALUATION


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[dg.EventLogEntry]]:
    """Events of a batch, of which one suite found faults."""
    settings = replace(Settings.from_env({}), build_dir=tmp_path_factory.mktemp("told") / "build")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
            patch.setenv(name, "")
        small = install(patch, settings)
        small.spoiled.add("intermediate.int_things")
        done = small.run()
        assert not done.is_success
        with open_instance(settings) as instance:
            yield instance.all_logs(done.run_id)


def stored(
    make: type[SqliteEventLogStorage], folder: Path, batches: Sequence[Sequence[dg.EventLogEntry]]
) -> dict[str, Any]:
    storage = make(str(folder))
    for events in batches:
        if len(events) == 1:
            storage.store_event(events[0])
        else:
            storage.store_event_batch(events)
    with storage.index_connection() as index:
        index_of_all = {
            table: [
                {name: value for name, value in row._mapping.items() if name != "create_timestamp"}
                for row in index.execute(sa.text(f"select * from {table} order by id"))
            ]
            for table in TABLES
        }
    run = batches[0][0].run_id
    checks = [key for key in {event.asset_check_key for event in _evaluations(batches)} if key]
    found = {
        **index_of_all,
        "log": [str(record) for record in storage.get_records_for_run(run).records],
        "checks": {
            key: (each.status, each.event)
            for key, each in storage.get_latest_asset_check_execution_by_key(checks).items()
        },
    }
    storage.dispose()
    return found


def _evaluations(batches: Sequence[Sequence[dg.EventLogEntry]]) -> list[Any]:
    return [
        event.get_dagster_event().asset_check_evaluation_data
        for events in batches
        for event in events
        if event.dagster_event_type is EVALUATED
    ]


@pytest.mark.parametrize("left_out", [0, 1, 1000])
def test_they_read_as_if_stored_one_by_one(
    told: Sequence[dg.EventLogEntry], tmp_path: Path, left_out: int
) -> None:
    planned = [event for event in told if event.dagster_event_type is PLANNED]
    events = [event for event in told if event not in planned[:left_out]]
    assert sum(event.dagster_event_type is EVALUATED for event in events) > 5
    one_by_one = stored(SqliteEventLogStorage, tmp_path / "a", [[event] for event in events])
    together = [event for event in events if "PLANNED" in str(event.dagster_event_type)]
    others = [[event] for event in events if event not in together]
    ours = stored(PooledSqliteEventLogStorage, tmp_path / "b", [together, *others])
    assert ours["checks"] == one_by_one["checks"]
    for table in TABLES:
        assert ours[table] == one_by_one[table], table
    assert ours["log"] == one_by_one["log"]


def test_what_waits_is_stored_when_the_log_is_closed(
    told: Sequence[dg.EventLogEntry], tmp_path: Path
) -> None:
    storage = PooledSqliteEventLogStorage(str(tmp_path))
    made = next(
        each
        for each in told
        if each.dagster_event_type is dg.DagsterEventType.ASSET_MATERIALIZATION
    )
    storage.store_event(made)
    storage.dispose()
    again = PooledSqliteEventLogStorage(str(tmp_path))
    assert [entry.message for entry in again.get_logs_for_run(made.run_id)] == [made.message]
    again.dispose()


@pytest.fixture
def waits(
    told: Sequence[dg.EventLogEntry], tmp_path: Path
) -> Iterator[tuple[PooledSqliteEventLogStorage, dg.AssetKey]]:
    """A log in which what was told of a table waits, and that table."""
    storage = PooledSqliteEventLogStorage(str(tmp_path))
    storage.add_dynamic_partitions("days", ["2026-03-29"])
    event = next(each for each in told if each.dagster_event_type is MADE)
    storage.store_event(event)
    key = event.get_dagster_event().asset_key
    assert key
    yield storage, key
    storage.dispose()


def test_asking_for_partitions_stores_nothing(
    waits: tuple[PooledSqliteEventLogStorage, dg.AssetKey],
) -> None:
    storage, _ = waits
    assert storage.has_dynamic_partition("days", "2026-03-29")
    assert not storage.has_dynamic_partition("days", "2026-03-30")
    assert len(storage._waiting) == 1


def test_a_partition_that_comes_or_goes_is_seen(
    waits: tuple[PooledSqliteEventLogStorage, dg.AssetKey],
) -> None:
    storage, _ = waits
    assert not storage.has_dynamic_partition("days", "2026-03-30")
    storage.add_dynamic_partitions("days", ["2026-03-30"])
    assert storage.has_dynamic_partition("days", "2026-03-30")
    storage.delete_dynamic_partition("days", "2026-03-30")
    assert not storage.has_dynamic_partition("days", "2026-03-30")


def test_a_partition_that_another_process_removed_is_gone_after_a_while(
    waits: tuple[PooledSqliteEventLogStorage, dg.AssetKey],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage, _ = waits
    assert storage.has_dynamic_partition("days", "2026-03-29")
    other = PooledSqliteEventLogStorage(str(tmp_path))
    other.delete_dynamic_partition("days", "2026-03-29")
    other.dispose()
    monkeypatch.setattr(event_log, "_PARTITION_SECONDS", 0.0)
    assert not storage.has_dynamic_partition("days", "2026-03-29")


@pytest.mark.parametrize("asks_for_all", [True, False])
def test_what_waits_of_a_table_is_stored_before_its_records_are_read(
    waits: tuple[PooledSqliteEventLogStorage, dg.AssetKey], *, asks_for_all: bool
) -> None:
    storage, key = waits
    assert storage.get_asset_records([ANOTHER]) == []
    assert len(storage._waiting) == 1
    [record] = storage.get_asset_records(None if asks_for_all else [key])
    assert record.asset_entry.last_materialization_record
    assert not storage._waiting


def test_what_waits_of_a_table_is_stored_before_its_versions_are_read(
    told: Sequence[dg.EventLogEntry], tmp_path: Path
) -> None:
    storage = PooledSqliteEventLogStorage(str(tmp_path))
    event = next(each for each in told if each.dagster_event_type is MADE and day_of(each))
    storage.store_event(event)
    key = event.get_dagster_event().asset_key
    assert key
    assert not storage.get_latest_tags_by_partition(ANOTHER, MADE, [DATA_VERSION_TAG])
    assert len(storage._waiting) == 1
    found = storage.get_latest_tags_by_partition(key, MADE, [DATA_VERSION_TAG])
    assert found.keys() == {day_of(event)}
    storage.dispose()


def day_of(event: dg.EventLogEntry) -> str | None:
    return event.get_dagster_event().partition
