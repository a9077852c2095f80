"""Whether the process of a run is still there.

Belongs here: the sign of life that a run gives, and what its absence means. Does not belong here:
the lock of the batch (batch_lock), what is recorded of a dead run (instance).

A run holds a lock of the kernel's on a file of its own for as long as its process lives. Process
ids come back and clocks jump; this lock does neither. The run launcher that ships with Dagster
cannot tell a dead run from a slow one, and a dead one would fill the queue of one for ever:
`dagster.yaml` names the launcher of this module instead.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    import dagster as dg

_FOLDER: Final = "alive"

#: A run that has just started may not have come to give its sign yet.
_GRACE_SECONDS: Final = 60.0


def sign_of_life(home: Path, run_id: str) -> Path:
    """Where a run shows that it lives; `home` is that of the Dagster instance."""
    return home / _FOLDER / run_id


def show(home: Path, run_id: str) -> None:
    """Show that this run lives until its process ends; its last record comes after its steps."""
    path = sign_of_life(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not closed: the kernel does that. Not inherited either, by what the process starts.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def forget(home: Path, run_ids: Collection[str]) -> None:
    """Remove the signs of runs that have ended."""
    for run_id in run_ids:
        sign_of_life(home, run_id).unlink(missing_ok=True)


def signs(home: Path) -> set[str]:
    """List the runs that gave a sign of life and are not forgotten yet."""
    return {path.name for path in (home / _FOLDER).glob("*")}


def is_alive(home: Path, run_id: str) -> bool | None:
    """Tell whether the process of a run lives; None if it gave no sign."""
    try:
        descriptor = os.open(sign_of_life(home, run_id), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def is_dead(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Tell whether a run that counts as started has no process any more."""
    alive = is_alive(Path(instance.root_directory), run_id)
    if alive is not None:
        return not alive
    record = instance.get_run_record_by_id(run_id)
    if record is None or record.start_time is None:
        return False
    # A clock that jumped makes this early or late by one look, and wrong for no longer.
    return abs(time.time() - record.start_time) > _GRACE_SECONDS


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's launcher, which can also say whether the process of a run is gone."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Let the daemon's monitoring ask; it records a dead run as failed."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Answer whether the process of a started run lives."""
        if is_dead(self._instance, run.run_id):
            return CheckRunHealthResult(WorkerStatus.FAILED, "the process of this run is gone")
        return CheckRunHealthResult(WorkerStatus.RUNNING)
