"""Killing processes, a real batch among them, and waiting for what comes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from orchestration.logs import log_file
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from tests.orchestration.conftest import BuildArea


def kill_a_batch(area: BuildArea, when: str) -> None:
    """Start a batch in a process of its own and kill it when the log of the runs says so."""
    told_before = log_file(area.settings).stat().st_size
    killed = subprocess.Popen(
        [sys.executable, "-m", "orchestration.run"], cwd=PROJECT_DIR, stderr=subprocess.DEVNULL
    )
    with killed:
        _wait_for(area, when, told_before, killed)
        os.kill(killed.pid, signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL


def _wait_for(
    area: BuildArea, text: str, told_before: int, process: subprocess.Popen[bytes]
) -> None:
    """Return when the log of the runs says so."""
    deadline = time.monotonic() + 300
    while text not in log_file(area.settings).read_text(encoding="utf-8")[told_before:]:
        assert process.poll() is None, "the batch ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_until(true: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended, whoever has to read its exit code."""
    states = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return states.stdout.strip()[:1] in {"", "Z"}
