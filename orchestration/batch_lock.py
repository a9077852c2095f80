"""One batch at a time in a build directory.

Belongs here: the lock that every way to start a batch takes. Does not belong here: locks of the
databases (DuckDB keeps its own).

The lock is the kernel's (`flock`): it goes with the process that holds it, so a killed batch leaves
nothing to clean up. What the file says about its holder is information only.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from orchestration import file_modes
from orchestration.errors import BatchRunning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.settings import Settings

_LOCK_NAME = "batch.lock"
_KST = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, as far as the file tells."""

    pid: int
    since: str


def lock_file(settings: Settings) -> Path:
    """Where the lock of this build directory stands."""
    return settings.work_dir / _LOCK_NAME


@contextmanager
def hold(settings: Settings) -> Iterator[None]:
    """Hold the build directory for one batch.

    Raises:
        BatchRunning: another batch, of this process or another one, holds it.
    """
    path = lock_file(settings)
    file_modes.tighten_process()
    file_modes.prepare(settings)
    # Python's descriptors close on exec: a program that a step starts does not keep the lock.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _acquired(descriptor):
            raise _running(_read_holder(descriptor), path)
        _write_holder(descriptor)
        yield
    finally:
        # The file stays: to remove it would let a third process lock a name that is gone.
        os.close(descriptor)


def _acquired(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_holder(descriptor: int) -> None:
    now = dt.datetime.now(_KST).replace(tzinfo=None, microsecond=0)
    text = json.dumps(asdict(Holder(pid=os.getpid(), since=now.isoformat(sep=" "))))
    # The lock holds without it, a full disk is told where room is needed.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def _read_holder(descriptor: int) -> Holder | None:
    try:
        return Holder(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):
        return None  # between the holder's lock and its writing


def _running(found: Holder | None, path: Path) -> BatchRunning:
    who = f"process {found.pid}, since {found.since} KST" if found else "a process just started"
    return BatchRunning(
        "Another batch is running in this build directory",
        f"{who} (lock {path})",
        "wait until it has ended, or stop that process; to run beside it, set "
        "AFTERMATH_BUILD_DIR to another directory",
    )
