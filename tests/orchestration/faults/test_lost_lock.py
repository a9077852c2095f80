"""A lock that somebody takes away while a batch runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import batch_lock, resources, run
from orchestration.errors import BatchRunning, LockLost
from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings.from_env({}), build_dir=tmp_path / "build")


def remove_the_file(settings: Settings) -> None:
    batch_lock.lock_file(settings).unlink()


def replace_the_file(settings: Settings) -> None:
    beside = settings.work_dir / "other"
    beside.write_text("{}")
    beside.replace(batch_lock.lock_file(settings))


def remove_the_work_area(settings: Settings) -> None:
    shutil.rmtree(settings.work_dir)


@pytest.mark.fault(
    kind="contention",
    tried="the lock file of a running batch is removed, replaced, or goes with the work area",
    holds="a second batch of another process is refused all the same",
)
@pytest.mark.parametrize("lose", [remove_the_file, replace_the_file, remove_the_work_area])
def test_a_second_batch_is_refused_without_the_file(
    settings: Settings, lose: Callable[[Settings], None]
) -> None:
    second = (
        "from orchestration import batch_lock\n"
        "from orchestration.settings import Settings\n"
        "with batch_lock.hold(Settings.from_env()): pass"
    )
    environment = {"PYTHONPATH": str(PROJECT_DIR), "AFTERMATH_BUILD_DIR": str(settings.build_dir)}
    with batch_lock.hold(settings):
        lose(settings)
        done = subprocess.run(
            [sys.executable, "-c", second], env=environment, capture_output=True, check=False
        )
        assert b"BatchRunning: Another batch is running" in done.stderr
        batch_lock.require_held(settings)
    subprocess.run([sys.executable, "-c", second], env=environment, check=True)


@pytest.mark.fault(
    kind="contention",
    tried="the whole build directory of a running batch is moved away, and a second batch starts "
    "in a new one",
    holds="the first batch notices before it publishes, and publishes nothing",
)
def test_a_batch_whose_directory_was_taken_away_does_not_publish(settings: Settings) -> None:
    with batch_lock.hold(settings):
        batch_lock.require_held(settings)
        settings.build_dir.rename(settings.build_dir.with_name("moved"))
        with pytest.raises(LockLost, match="does not hold the build directory any more"):
            batch_lock.require_held(settings)
        settings.build_dir.mkdir()
        with pytest.raises(LockLost, match="what to do"):
            batch_lock.require_held(settings)
    with pytest.raises(LockLost, match="Nobody holds"):
        batch_lock.require_held(settings)


@pytest.mark.fault(
    kind="contention",
    tried="a batch of the command line while one of the daemon runs, and the reverse",
    holds="the command line is refused with the process that runs; the daemon's run waits until "
    "the lock is free and gives up after its patience",
)
def test_the_command_line_is_refused_and_the_daemon_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(resources, "_POLL_SECONDS", 0.01)
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", str(settings.build_dir))
    order = []

    def daemon() -> None:
        with resources.hold_patiently(settings):
            order.append("daemon")

    with batch_lock.hold(settings):
        with pytest.raises(BatchRunning), resources.hold_patiently(settings, patience=0.02):
            pass
        assert run.main([]) == 1
        assert f"process {os.getpid()}" in capsys.readouterr().err
        waiting = threading.Thread(target=daemon)
        waiting.start()
        order.append("command line")
    waiting.join(10)
    assert order == ["command line", "daemon"]
