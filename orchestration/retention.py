"""What Dagster remembers of old runs, kept bounded.

Belongs here: which records of runs go, and what of them stays for ever. Does not belong here: how
many generations are kept (publishing), Data Docs (expectations.data_docs), logs (logs).

A run leaves about twenty megabytes of events, most of them twice. The newest `KEPT_RUNS` keep
theirs; of older ones stays what a gate may still ask for: the last verdict of every check and the
last materialisation of every table, whichever run they are of, and which days were published.
Deleted pages are used again by SQLite, so the databases stop growing without being rewritten.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetEventTagsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.runs.schema import RunTagsTable

from orchestration import run_life
from orchestration.event_log import PooledSqliteEventLogStorage
from orchestration.publication import PUBLISHED_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.settings import Settings

#: Runs with all their events: a month of nights, about 600 megabytes.
KEPT_RUNS: Final = 30

_FINISHED: Final = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)
_ENDED: Final = (
    AssetCheckExecutionRecordStatus.SUCCEEDED.value,
    AssetCheckExecutionRecordStatus.FAILED.value,
)


def forget_old_runs(
    settings: Settings, instance: dg.DagsterInstance, keep: int = KEPT_RUNS
) -> tuple[str, ...]:
    """Remove what finished runs beyond the newest `keep` recorded; to be called under the lock.

    A process killed in here leaves the record of the run, which goes last: the next call finds it.

    Returns:
        Ids of the runs forgotten.
    """
    storage = instance.event_log_storage
    if not isinstance(storage, PooledSqliteEventLogStorage):
        return ()  # another storage has its own retention
    finished = dg.RunsFilter(statuses=list(_FINISHED))
    run_life.forget(
        settings.dagster_home,
        [
            run_id
            for run_id in run_life.signs(settings.dagster_home)
            if (run := instance.get_run_by_id(run_id)) is None or run.is_finished
        ],
    )
    # Newest first, by the order in which they were recorded: clocks jump.
    newest_first = [run.run_id for run in instance.get_runs(finished)]
    old = newest_first[keep:]
    if old:
        with storage.index_connection() as connection:
            _thin_out(connection, old)
    for run_id in old:
        storage.drop_run(run_id)
        shutil.rmtree(settings.dagster_home / "storage" / run_id, ignore_errors=True)
        with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
            connection.execute(sa.delete(RunTagsTable).where(RunTagsTable.c.run_id == run_id))
        instance.run_storage.delete_run(run_id)
    return tuple(old)


def _thin_out(connection: sa.Connection, run_ids: Sequence[str]) -> None:
    """Remove events and verdicts of these runs from the index of all runs."""
    events, checks = SqlEventLogStorageTable, AssetCheckExecutionsTable
    newest = sa.func.max(events.c.id)
    last_of_a_table = (
        sa.select(newest)
        .where(events.c.asset_key.is_not(None))
        .group_by(events.c.asset_key, events.c.dagster_event_type)
    )
    last_of_a_day = (
        sa.select(newest)
        .where(events.c.asset_key == PUBLISHED_KEY.to_string())
        .group_by(events.c.dagster_event_type, events.c.partition)
    )
    last_verdicts = (
        sa.select(sa.func.max(checks.c.id))
        .where(checks.c.execution_status.in_(_ENDED))
        .group_by(checks.c.asset_key, checks.c.check_name)
    )
    connection.execute(
        sa.delete(events).where(
            events.c.run_id.in_(run_ids),
            events.c.id.not_in(last_of_a_table),
            events.c.id.not_in(last_of_a_day),
        )
    )
    connection.execute(
        sa.delete(AssetEventTagsTable).where(
            AssetEventTagsTable.c.event_id.not_in(sa.select(events.c.id))
        )
    )
    connection.execute(
        sa.delete(checks).where(checks.c.run_id.in_(run_ids), checks.c.id.not_in(last_verdicts))
    )
