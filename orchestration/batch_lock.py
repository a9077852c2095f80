"""One batch at a time in a build directory.

Belongs here: the lock that every way to start a batch takes. Does not belong here: locks of the
databases (DuckDB keeps its own), whether the process of one run lives (run_life).

The lock is the kernel's (`flock`): it goes with the process that holds it, so a killed batch leaves
nothing to clean up. Locked are the build directory itself, which nobody takes away by tidying up,
and a file in it that says who holds it: that file may be removed, replaced or scribbled on, and a
second batch is refused all the same. Whoever publishes asks once more whether the directory is
still the one that was locked (`require_held`).
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from orchestration import clock, file_modes
from orchestration.errors import BatchRunning, LockLost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.settings import Settings

_LOCK_NAME = "batch.lock"

#: Build directories that this process holds, with the descriptor that carries the lock.
_HELD: Final[dict[Path, int]] = {}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, as far as the file tells."""

    pid: int
    since: str


def lock_file(settings: Settings) -> Path:
    """Where it is written who holds the lock of this build directory."""
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
    with ExitStack() as opened:
        # Python's descriptors close on exec: a program that a step starts does not keep the lock.
        directory = os.open(settings.build_dir, os.O_RDONLY | os.O_DIRECTORY)
        opened.callback(os.close, directory)
        # The file stays: to remove it would let a third process lock a name that is gone.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        opened.callback(os.close, descriptor)
        if not (_acquired(directory) and _acquired(descriptor)):
            raise _running(_read_holder(descriptor), path)
        _write_holder(descriptor)
        _HELD[settings.build_dir] = directory
        opened.callback(_HELD.pop, settings.build_dir)
        yield


def require_held(settings: Settings) -> None:
    """Raise unless this process holds the build directory that stands at its path now.

    Raises:
        LockLost: it was moved away, removed or replaced since, or was never locked.
    """
    directory = _HELD.get(settings.build_dir)
    with suppress(FileNotFoundError):
        if directory is not None and os.path.samestat(
            os.fstat(directory), settings.build_dir.stat()
        ):
            return
    raise LockLost(
        "This batch does not hold the build directory any more"
        if directory is not None
        else "Nobody holds the build directory for this batch",
        str(settings.build_dir),
        "nothing was published; leave the directory alone while a batch runs, and run it again",
    )


def _acquired(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_holder(descriptor: int) -> None:
    now = clock.now().replace(microsecond=0)
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
