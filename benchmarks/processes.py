"""What a command took: wall and processor seconds, and the memory of all its processes together.

Belongs here: starting a command and watching it. Does not belong here: which commands, and what is
made of the figures.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
_EVERY: Final = 0.2
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of the wall clock and of processors, and peak bytes of the process tree.

    `peak_bytes` is the largest sum of the resident memory of the command and of what it started,
    five samples a second; pages that two processes share count twice, so it is an upper bound.
    """

    wall: float
    cpu: float
    peak_bytes: int
    output: str


def run(command: Sequence[str], own: Mapping[str, str] | None = None) -> Taken:
    """Run a command of this project to its end.

    Args:
        command: program and arguments; it runs in the root of the project.
        own: further environment variables.

    Raises:
        RuntimeError: the command failed; its last lines are the message.
    """
    with tempfile.TemporaryFile() as output:
        before = os.times()
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - commands of this package
            command,
            cwd=ROOT,
            env={**os.environ, **(own or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        watch = _Watch(process.pid)
        code = process.wait()
        wall = time.perf_counter() - started
        peak = watch.stop()
        after = os.times()
        output.seek(0)
        text = output.read().decode(errors="replace")
    if code:
        last = text.splitlines()[-15:]
        raise RuntimeError("\n".join([f"{' '.join(command)} failed:", *last]))
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return Taken(wall=wall, cpu=cpu, peak_bytes=peak, output=text)


class _Watch:
    """Samples the resident memory of a process and of all that descend from it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while not self._ended.wait(_EVERY):
            self._peak = max(self._peak, resident(self._pid))


def resident(pid: int) -> int:
    """Sum the resident memory of a process and of its descendants, in bytes; 0 when it is gone.

    0 too on a system that has no /proc.
    """
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            pages = (folder / "statm").read_text(encoding="ascii").split()[1]
        except OSError:
            continue
        # The name of the program stands in brackets and may hold anything.
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
        sizes[int(folder.name)] = int(pages) * _PAGE

    def descends(each: int) -> bool:
        while each and each != pid:
            each = parents.get(each, 0)
        return each == pid

    return sum(size for each, size in sizes.items() if descends(each))
