"""Batches of the soak without models: real publishing, real records, real evidence.

Belongs here: making a generation and the records of a run out of those of a real batch. Does not
belong here: what is checked (soak, soak_reader).
"""

from __future__ import annotations

import json
import shutil
import uuid
from typing import TYPE_CHECKING, Final

import dagster as dg
import duckdb

from benchmarks.soak_reader import STAMP
from expectations import data_docs
from expectations.verdicts import TableVerdict
from orchestration import candidate, publishing, retention
from orchestration.instance import open_instance
from orchestration.logs import dbt_log_file, log_file, run_file

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

#: One in so many events of a real run is stored: all of them take eight seconds a batch.
EVERY: Final = 10


class Batches:
    """What a real batch left, handed on as if it were that of another one."""

    def __init__(self, source: Settings, settings: Settings) -> None:
        self._settings = settings
        self._generation = source.current_db.resolve(strict=True)
        with open_instance(source) as instance:
            succeeded = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS])
            self._run = next(iter(instance.get_runs(succeeded, limit=1)))
            self._events = list(instance.all_logs(self._run.run_id))[::EVERY]
        results = source.data_docs_dir / self._run.run_id / data_docs.RESULTS
        self._verdicts = [TableVerdict.from_json(each) for each in json.loads(results.read_text())]
        self._logs = {
            target(settings): target(source).read_text(encoding="utf-8").splitlines()[-2000:]
            for target in (log_file, dbt_log_file)
        }

    def publish(self, number: int) -> None:
        """Publish the real marts under a stamp of their own."""
        settings = self._settings
        settings.work_dir.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._generation, settings.candidate_db)
        with duckdb.connect(str(settings.candidate_db)) as connection:
            for schema in candidate.SCHEMAS:
                connection.execute(
                    f"create or replace table {schema}.{STAMP} as select {number} as number"
                )
        publishing.publish(
            settings,
            publishing.new_generation_id(settings),
            {
                "as_of_date": _as_of(self._generation),
                "sample_rate": 1,
                "is_demo": True,
                "run_id": str(number),
                candidate.BOOK_FACT: "soak",
                publishing.REPLACES_FACT: publishing.current_id(settings),
            },
        )

    def record(self, number: int) -> None:
        """Record a run, as finished, with its events, evidence and logs; forget what is old."""
        settings, run_id = self._settings, str(uuid.uuid4())
        with open_instance(settings) as instance:
            # Without its snapshots: they are kept once per version of the code, not once per run.
            bare = {"job_snapshot_id": None, "execution_plan_snapshot_id": None}
            instance.run_storage.add_run(self._run._replace(run_id=run_id, **bare))
            entries = [event._replace(run_id=run_id) for event in self._events]
            instance.event_log_storage.store_event_batch(entries)
            retention.forget_old_runs(settings, instance)
        data_docs.build(self._verdicts, settings.data_docs_dir, run_id)
        for path, lines in self._logs.items():
            with run_file(path) as log:
                for line in lines:
                    log.info("%s: %s", number, line)

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Files and bytes of what a batch leaves, by what it is."""
        build = self._settings.build_dir
        return {
            "generations": _size(build / "published"),
            "records of runs": _size(build / "dagster"),
            "Data Docs": _size(build / "data_docs"),
            "logs": _size(build / "logs"),
        }


def _as_of(generation: Path) -> object:
    return candidate.read_facts(generation).as_of_date


def _size(folder: Path) -> tuple[int, int]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return len(files), sum(path.stat().st_size for path in files)
