"""The Dagster instance of a build directory: the records of its runs.

Belongs here: its home, opening it, and closing the books on runs that were killed. Does not belong
here: its settings (dagster.yaml).
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import dagster as dg
import sqlalchemy as sa

from orchestration.errors import CannotRecord
from orchestration.run_life import is_dead
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.settings import Settings

_CONFIG = "dagster.yaml"

#: Tag of a run that says who started it, and the value of the command line.
STARTED_BY: Final = "started_by"
COMMAND_LINE: Final = "command line"

_ENDED: Final = "The process of this run ended before the run did; found by the next batch."
_STARTED: Final = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
_UNDER_WAY: Final = (*_STARTED, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING)

#: As `start_timeout_seconds` of dagster.yaml.
_START_SECONDS: Final = 300.0


def prepare_home(settings: Settings) -> Path:
    """Make the home of the instance, with the project's `dagster.yaml`, and tell Dagster of it."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    wanted = (PROJECT_DIR / _CONFIG).read_bytes()
    config = home / _CONFIG
    if not config.exists() or config.read_bytes() != wanted:
        config.write_bytes(wanted)
    os.environ["DAGSTER_HOME"] = str(home)
    # Events that Dagster hands over together are stored together.
    os.environ["DAGSTER_EVENT_BATCH_SIZE"] = "1000"
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    return home


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Open the instance for a while.

    Raises:
        CannotRecord: its databases cannot be written, as on a full disk.
    """
    home = prepare_home(settings)
    try:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            yield instance
    except sa.exc.OperationalError as error:
        raise CannotRecord(
            f"The records of the runs cannot be written: {error.orig}",
            str(home),
            "make room on the disk (docs/runbook.md, Disk full) and run again: that closes the "
            "record of this run",
        ) from error


def close_killed_runs(instance: dg.DagsterInstance) -> int:
    """Record runs whose process is gone as failed, or as cancelled where that was asked for.

    To be called under the batch lock. A run of the command line holds that lock from before its
    record is made until it ends, so whatever it left unfinished is dead. A run of the daemon may
    be waiting for the lock: only its sign of life tells. Runs that are queued have no process yet
    and are the daemon's: it starts them when it is back.

    Returns:
        How many runs were closed.
    """
    closed = 0
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(_UNDER_WAY))):
        run = record.dagster_run
        is_ours = run.tags.get(STARTED_BY) == COMMAND_LINE
        has_started = run.status in _STARTED
        if not (is_ours or (has_started and is_dead(instance, run.run_id)) or _is_late(record)):
            continue
        if run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, _ENDED)
        else:
            instance.report_run_failed(run, _ENDED)
        closed += 1
    return closed


def _is_late(record: dg.RunRecord) -> bool:
    """Tell whether a run was handed to a process that never reported in; as monitoring does."""
    if record.dagster_run.status in _STARTED:
        return False
    return time.time() - record.create_timestamp.timestamp() > _START_SECONDS
