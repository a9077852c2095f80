"""Dagster's SQLite event log without a file-system sync and five statements per event.

Belongs here: how connections to the log are opened, and storing many events at once. Does not
belong here: what is stored.

Dagster opens and closes a connection for every statement; each close writes the log back and syncs.
A run of this project records about a thousand events, mostly checks, and would spend four fifths of
its time there. This storage keeps one connection per database, in the mode that SQLite recommends
beside a write-ahead log (`synchronous = normal`): a killed process loses nothing, a machine that
loses power may lose the last records of a run, never the database. `dagster.yaml` names this class,
so every process of the instance uses it.

What a step tells of its tables and checks comes in a burst, when dbt has ended, and is followed by
how the step ended. It waits until something else is stored, or anything is read by this process,
and is then stored with a few statements: a process that is killed between the two loses what a step
told that never ended, and is run again. Questions that come with each output are no reason to store
what waits: which partitions there are, and what is known of tables that it does not speak of.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from dagster import DagsterEventType, StringSource
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy.pool import StaticPool

from orchestration import event_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dagster import AssetKey, EventLogEntry
    from dagster._core.storage.event_log.base import AssetRecord
    from dagster._serdes import ConfigurableClassData

#: Databases kept open: one per run looked at, and the index of all runs.
_KEPT_OPEN = 12

_BUSY_SECONDS = 30

#: How long a partition that was there is taken to be there. Dagster asks four times per output.
_PARTITION_SECONDS: Final = 5.0

#: What a step tells of its tables and checks, and what a run says it will do.
_IN_PASSING = frozenset(
    {
        DagsterEventType.STEP_OUTPUT,
        DagsterEventType.ASSET_MATERIALIZATION,
        DagsterEventType.ASSET_CHECK_EVALUATION,
    }
)
_PLANNED = frozenset(
    {
        DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
        DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
    }
)


class PooledSqliteEventLogStorage(SqliteEventLogStorage):
    """The standard storage over connections that stay open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, sa.Engine] = OrderedDict()
        self._in_hand: dict[str, sa.Connection] = {}
        self._tables: set[str] = set()
        self._waiting: list[EventLogEntry] = []
        self._is_beside_waiting = False
        self._partitions_seen: dict[tuple[str, str], float] = {}
        super().__init__(base_dir, inst_data)
        # One at a time, as in the parent class, but a batch may come back for its own connection.
        self._db_lock = threading.RLock()  # type: ignore[assignment]

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Ask `dagster.yaml` for the home of the instance, where the standard log stands too."""
        return {"dagster_home": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> PooledSqliteEventLogStorage:
        """Make the storage from `dagster.yaml`."""
        return cls(str(Path(config_value["dagster_home"]) / "history" / "runs"), inst_data)

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event; what a step tells in passing waits for the next other one."""
        if event.dagster_event_type in _IN_PASSING:
            with self._db_lock:
                self._waiting.append(event)
        else:
            self._store_waiting()
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run in one transaction."""
        is_known = all(event.dagster_event_type in _IN_PASSING | _PLANNED for event in events)
        with self._connect(events[0].run_id) as of_run, self.index_connection() as index:
            if is_known:
                rows = [self._event_to_row(event) for event in events]
                of_run.execute(SqlEventLogStorageTable.insert(), rows)
                event_index.store(self, index, events, rows)
            else:
                for event in events:
                    super().store_event(event)

    def _store_waiting(self) -> None:
        with self._db_lock:
            waiting, self._waiting = self._waiting, []
            for run_id in dict.fromkeys(event.run_id for event in waiting):
                self.store_event_batch([event for event in waiting if event.run_id == run_id])

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Tell whether there is a partition, of which no event that waits can speak."""
        name = (partitions_def_name, partition_key)
        now = time.monotonic()
        if now - self._partitions_seen.get(name, -_PARTITION_SECONDS) < _PARTITION_SECONDS:
            return True
        with self._without_waiting():
            is_there = super().has_dynamic_partition(*name)
        if is_there:
            self._partitions_seen[name] = now
        return is_there

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Remove a partition."""
        super().delete_dynamic_partition(partitions_def_name, partition_key)
        self._partitions_seen.clear()

    def get_asset_records(
        self, asset_keys: Sequence[AssetKey] | None = None
    ) -> Sequence[AssetRecord]:
        """Read what is known of tables, after storing what waits if it speaks of one of them."""
        with self._stored_of(asset_keys):
            return super().get_asset_records(asset_keys)

    def get_latest_tags_by_partition(
        self, asset_key: AssetKey, *arguments: Any, **options: Any
    ) -> Mapping[str, Mapping[str, str]]:
        """Read the newest tags of a table, after storing what waits if it speaks of it."""
        with self._stored_of([asset_key]):
            return super().get_latest_tags_by_partition(asset_key, *arguments, **options)

    @contextmanager
    def _stored_of(self, asset_keys: Sequence[AssetKey] | None) -> Iterator[None]:
        with self._db_lock:
            told = {event.get_dagster_event().asset_key for event in self._waiting}
            if asset_keys is None or not told.isdisjoint(asset_keys):
                self._store_waiting()
            with self._without_waiting():
                yield

    @contextmanager
    def _without_waiting(self) -> Iterator[None]:
        with self._db_lock:
            was, self._is_beside_waiting = self._is_beside_waiting, True
            try:
                yield
            finally:
                self._is_beside_waiting = was

    def has_table(self, table_name: str) -> bool:
        """Tell whether the schema has a table; asked for every event, though tables stay."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def drop_run(self, run_id: str) -> None:
        """Remove the database of a run; the index of all runs is not touched."""
        with self._db_lock:
            engine = self._engines.pop(run_id, None)
            if engine is not None:
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for suffix in ("", "-wal", "-shm", "-journal"):
                Path(self.path_for_shard(run_id) + suffix).unlink(missing_ok=True)

    def dispose(self) -> None:
        """Close all databases."""
        self._store_waiting()
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
        super().dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            if shard in self._in_hand:
                yield self._in_hand[shard]
                return
            # While the parent class sets up a new log, its own lock cannot be taken twice.
            if self._waiting and not self._is_beside_waiting:
                self._store_waiting()
            with self._engine(shard).connect() as connection, connection.begin():
                self._in_hand[shard] = connection
                try:
                    yield connection
                finally:
                    del self._in_hand[shard]

    def _engine(self, shard: str) -> sa.Engine:
        engine = self._engines.get(shard)
        if engine is None:
            engine = sa.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
            )
            sa.event.listen(engine, "connect", _fewer_syncs)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            self._engines[shard] = engine
            idle = [name for name in self._engines if name not in self._in_hand]
            for name in idle[: max(0, len(self._engines) - _KEPT_OPEN)]:
                self._engines.pop(name).dispose()
        self._engines.move_to_end(shard)
        return engine


def _fewer_syncs(connection: Any, _: object) -> None:
    connection.execute("pragma synchronous = normal")
