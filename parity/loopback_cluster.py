"""A Spark cluster of several processes on this machine: a master and workers of one core each.

Belongs here: starting them, losing one on purpose, ending all of them however things went. Does not
belong here: what is built on it (cluster).

A worker is the leader of a process group of its own, which its executor is in: losing a worker ends
both at once and without a word, as if the machine had lost power.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_LOOPBACK: Final = "127.0.0.1"
_MASTER: Final = "org.apache.spark.deploy.master.Master"
_WORKER: Final = "org.apache.spark.deploy.worker.Worker"
_START_SECONDS: Final = 120.0
_END_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 0.2


class SilentLogError(Exception):
    """What was waited for did not come; says in which file and why no more is waited."""


def wait_for(
    log: Path,
    pattern: str,
    *,
    times: int = 1,
    seconds: float,
    is_alive: Callable[[], bool] = lambda: True,
) -> str:
    """Wait until a log holds as many lines of a pattern; returns the last of them.

    Args:
        log: may not be there yet.
        pattern: searched in each line.
        times: how many lines.
        seconds: how long at most.
        is_alive: whether whoever writes the log still does; where not, it is read once more.

    Raises:
        SilentLogError: the time is over, or the writer ended before.
    """
    wanted = re.compile(pattern)
    until = time.monotonic() + seconds
    while True:
        was_alive = is_alive()
        with suppress(FileNotFoundError):
            # A line is whole once its end is there.
            text = log.read_text(encoding="utf-8", errors="replace").rpartition("\n")[0]
            found = [line for line in text.splitlines() if wanted.search(line)]
            if len(found) >= times:
                return found[times - 1]
        if not was_alive:
            raise SilentLogError(
                f"{log}: its writer ended before it said {pattern!r} {times} times"
            )
        if time.monotonic() >= until:
            raise SilentLogError(f"{log}: no {pattern!r} {times} times in {seconds:.0f} s")
        time.sleep(_LOOK_SECONDS)


def end_group(process: subprocess.Popen[bytes], seconds: float = _END_SECONDS) -> None:
    """End a process and all that it started in its group: asked first, then made to."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(slots=True)
class Cluster:
    """A master and workers, from `with` to its end."""

    folder: Path
    """For logs, and what workers keep while they work."""
    spark_home: Path
    """The folder of Spark, which holds `bin` and `jars`."""
    workers: int = 2
    memory: str = "1g"
    """Of each worker."""
    master_url: str = ""
    members: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Start all; returns when every worker has registered.

        Raises:
            SilentLogError: one did not come up; its log is named, and the others were ended.
        """
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def lose(self, name: str) -> int:
        """Kill a member and what it runs, without a chance to say goodbye; returns its pid."""
        process = self.members[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return process.pid

    def stop(self) -> None:
        """End every member that still runs, workers before the master."""
        while self.members:
            end_group(self.members.popitem()[1])

    def log(self, name: str) -> Path:
        """Where a member writes."""
        return self.folder / f"{name}.log"

    def _start_all(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.master_url = f"spark://{_LOOPBACK}:{port}"
        self._start("master", (_MASTER, "--host", _LOOPBACK, "--port", str(port)))
        self._wait("master", "elected leader")
        names = [f"worker-{number}" for number in range(1, self.workers + 1)]
        for name in names:
            self._start(
                name,
                (
                    *(_WORKER, "--host", _LOOPBACK, "--cores", "1", "--memory", self.memory),
                    *("--work-dir", str(self.folder / name), self.master_url),
                ),
            )
        for name in names:
            self._wait(name, "registered with master")

    def _start(self, name: str, arguments: Sequence[str]) -> None:
        with self.log(name).open("wb") as output:
            self.members[name] = subprocess.Popen(  # noqa: S603 - Spark's own script
                [str(self.spark_home / "bin" / "spark-class"), *arguments, "--webui-port", "0"],
                env=environment_of_member(os.environ, self.spark_home),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait(self, name: str, pattern: str) -> None:
        process = self.members[name]
        wait_for(
            self.log(name),
            pattern,
            seconds=_START_SECONDS,
            is_alive=lambda: process.poll() is None,
        )


def environment_of_member(environ: Mapping[str, str], spark_home: Path) -> dict[str, str]:
    """Give a member what it needs: no key, and no address but that of this machine itself."""
    kept = {name: value for name, value in environ.items() if not name.startswith("AFTERMATH_")}
    return {
        **kept,
        "SPARK_HOME": str(spark_home),
        "SPARK_LOCAL_IP": _LOOPBACK,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_NO_DAEMONIZE": "1",
    }


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.socket() as opened:
        opened.bind((_LOOPBACK, 0))
        port: int = opened.getsockname()[1]
        return port
