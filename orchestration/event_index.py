"""Many events of a run in the index that Dagster keeps of all runs, with a statement per kind.

Belongs here: the rows that the index has of tables and checks, as Dagster writes them one by one.
Does not belong here: connections, and which events are stored together (event_log).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
from dagster import DagsterEventType
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetKeyTable,
    SqlEventLogStorageTable,
)
from sqlalchemy.dialects.sqlite import insert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagster import EventLogEntry
    from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

#: An event, its row in the log of its run, and its id in the index.
Entry: TypeAlias = tuple["EventLogEntry", "Mapping[str, Any]", int]

_OF_TABLES = frozenset(
    {DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_MATERIALIZATION_PLANNED}
)
_EVALUATED = DagsterEventType.ASSET_CHECK_EVALUATION
_PLANNED = DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED

_CHECK_AT_HAND = (
    AssetCheckExecutionsTable.update()
    .where(
        AssetCheckExecutionsTable.c.asset_key == sa.bindparam("of_asset"),
        AssetCheckExecutionsTable.c.check_name == sa.bindparam("of_check"),
        AssetCheckExecutionsTable.c.run_id == sa.bindparam("of_run"),
        AssetCheckExecutionsTable.c.partition.is_(None),
    )
    .values(
        {
            name: sa.bindparam(name)
            for name in (
                "execution_status",
                "evaluation_event",
                "evaluation_event_timestamp",
                "evaluation_event_storage_id",
                "materialization_event_storage_id",
            )
        }
    )
)


def store(
    storage: SqlEventLogStorage,
    index: sa.Connection,
    events: Sequence[EventLogEntry],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Store what the index keeps of tables and checks; other events are none of its business.

    Args:
        storage: the log, which knows how Dagster words an entry.
        index: connection to the index, in a transaction.
        events: of one run: materialisations and evaluations of checks, planned or done.
        rows: of the events in the log of their run.
    """
    kept = [
        (event, row)
        for event, row in zip(events, rows, strict=True)
        if event.dagster_event_type in {*_OF_TABLES, _EVALUATED, _PLANNED}
    ]
    if not kept:
        return
    ids = index.scalars(
        SqlEventLogStorageTable.insert().returning(
            SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
        ),
        [row for _, row in kept],
    ).all()
    entries = [(event, row, its_id) for (event, row), its_id in zip(kept, ids, strict=True)]
    _store_tables(storage, index, [each for each in entries if _type(each) in _OF_TABLES])
    _store_planned(storage, index, [each for each in entries if _type(each) is _PLANNED])
    _store_evaluated(storage, index, [each for each in entries if _type(each) is _EVALUATED])


def _type(entry: Entry) -> DagsterEventType | None:
    return entry[0].dagster_event_type


def _store_tables(
    storage: SqlEventLogStorage, index: sa.Connection, entries: Sequence[Entry]
) -> None:
    if not entries:
        return
    storage._store_asset_event_tags(
        index, [event for event, _, _ in entries], [its_id for *_, its_id in entries]
    )
    index.execute(
        insert(AssetKeyTable).on_conflict_do_nothing(),
        [{"asset_key": key} for key in dict.fromkeys(row["asset_key"] for _, row, _ in entries)],
    )
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for event, row, its_id in entries:
        values = storage._get_asset_entry_values(event, its_id, True)
        by_columns.setdefault(tuple(values), []).append({"of_asset": row["asset_key"], **values})
    for columns, rows_of_them in by_columns.items():
        index.execute(
            AssetKeyTable.update()
            .where(AssetKeyTable.c.asset_key == sa.bindparam("of_asset"))
            .values({name: sa.bindparam(name) for name in columns}),
            rows_of_them,
        )


def _store_planned(
    storage: SqlEventLogStorage, index: sa.Connection, entries: Sequence[Entry]
) -> None:
    planned = []
    for event, row, its_id in entries:
        check: Any = event.get_dagster_event().event_specific_data
        if check.partitions_subset:
            storage.store_asset_check_event(event, its_id)
            continue
        planned.append(
            {
                "asset_key": check.asset_key.to_string(),
                "check_name": check.check_name,
                "run_id": event.run_id,
                "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
                "evaluation_event": row["event"],
                "evaluation_event_timestamp": row["timestamp"],
                "evaluation_event_storage_id": its_id,
            }
        )
    if planned:
        index.execute(AssetCheckExecutionsTable.insert(), planned)


def _store_evaluated(
    storage: SqlEventLogStorage, index: sa.Connection, entries: Sequence[Entry]
) -> None:
    if not entries:
        return
    found = []
    for event, row, its_id in entries:
        check = event.get_dagster_event().asset_check_evaluation_data
        about = check.target_materialization_data
        status = (
            AssetCheckExecutionRecordStatus.SUCCEEDED
            if check.passed
            else AssetCheckExecutionRecordStatus.FAILED
        )
        found.append(
            {
                "of_asset": check.asset_key.to_string(),
                "of_check": check.check_name,
                "of_run": event.run_id,
                "execution_status": status.value,
                "evaluation_event": row["event"],
                "evaluation_event_timestamp": row["timestamp"],
                "evaluation_event_storage_id": its_id,
                "materialization_event_storage_id": about.storage_id if about else None,
            }
        )
    if index.execute(_CHECK_AT_HAND, found).rowcount == len(found):
        return
    # One was not planned, or for a partition: Dagster's way, which may be gone twice.
    for event, _, its_id in entries:
        storage.store_asset_check_event(event, its_id)
