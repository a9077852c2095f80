"""One batch at a time in a build directory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from orchestration import batch_lock
from orchestration.errors import BatchRunning
from orchestration.settings import PROJECT_DIR

HOLD = """
from orchestration import batch_lock
from orchestration.settings import Settings
with batch_lock.hold(Settings.from_env()):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def other(settings):
    """Give another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env={"PYTHONPATH": str(PROJECT_DIR), "AFTERMATH_BUILD_DIR": str(settings.build_dir)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def refusal(settings):
    with pytest.raises(BatchRunning) as caught, batch_lock.hold(settings):
        pass
    return caught.value


def test_a_second_batch_is_told_who_runs_and_since_when(settings, other, says):
    error = refusal(settings)
    says(error, "Another batch is running", f"process {other.pid}, since 20", "AFTERMATH_BUILD_DIR")
    assert str(batch_lock.lock_file(settings)) in error.where


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of a process that holds the lock",
    holds="the next batch gets it, and nothing has to be removed by hand",
)
def test_the_lock_goes_with_a_killed_batch(settings, other):
    other.send_signal(signal.SIGKILL)
    other.wait()
    with batch_lock.hold(settings):
        assert f"process {os.getpid()}" in refusal(settings).where


def test_the_lock_is_free_after_a_batch_even_one_that_failed(settings):
    for _ in range(2):
        with pytest.raises(RuntimeError), batch_lock.hold(settings):
            raise RuntimeError
    with batch_lock.hold(settings):
        pass


def test_another_build_directory_is_not_locked(settings, other, tmp_path):
    assert other.poll() is None
    with batch_lock.hold(replace(settings, build_dir=tmp_path / "beside")):
        pass


def test_a_program_that_a_batch_starts_does_not_keep_the_lock(settings):
    with batch_lock.hold(settings):
        left = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with batch_lock.hold(settings):
        pass
    left.communicate()


@pytest.mark.fault(
    kind="contention",
    tried="a lock file that says something else than its holder wrote",
    holds="a second batch is refused all the same, and a first one is not",
)
def test_what_the_file_says_is_not_believed(settings, says):
    path = batch_lock.lock_file(settings)
    path.parent.mkdir(parents=True)
    path.write_text("no JSON")
    with batch_lock.hold(settings):
        path.write_text('{"pid": 1}')
        says(refusal(settings), "Another batch is running", "just started", "wait")
