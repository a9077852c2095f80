"""Runs whose process is gone: told from those that live, closed, and in nobody's way."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._daemon.monitoring.run_monitoring import monitor_started_run

from orchestration import instance as instances
from orchestration import run_life
from orchestration.instance import COMMAND_LINE, STARTED_BY, close_killed_runs, open_instance
from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUS = dg.DagsterRunStatus
ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("aftermath"), "repository"), "batch"
)
SHOWS_LIFE = """
import pathlib, sys
from orchestration import run_life
run_life.show(pathlib.Path(sys.argv[1]), sys.argv[2])
print("alive", flush=True)
input()
"""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """An instance of its own for all tests; to make its databases takes a second."""
    build = str(tmp_path_factory.mktemp("dead_runs"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
            patch.setenv(name, "")
        with open_instance(Settings.from_env({"AFTERMATH_BUILD_DIR": build})) as opened:
            yield opened


@pytest.fixture
def instance(records: dg.DagsterInstance) -> dg.DagsterInstance:
    """The instance without a run."""
    for run in records.get_runs():
        records.delete_run(run.run_id)
    return records


@dg.op
def step() -> None: ...


@dg.job
def batch() -> None:
    step()


def run_of(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    """Put a run on record as a process left it."""
    run = instance.create_run_for_job(
        batch, status=STATUS.NOT_STARTED, tags=tags, remote_job_origin=ORIGIN
    )
    event = {
        STATUS.STARTING: dg.DagsterEventType.RUN_STARTING,
        STATUS.STARTED: dg.DagsterEventType.RUN_START,
        STATUS.CANCELING: dg.DagsterEventType.RUN_CANCELING,
        STATUS.QUEUED: dg.DagsterEventType.RUN_ENQUEUED,
    }.get(status)
    if status is STATUS.CANCELING:
        report(instance, run, dg.DagsterEventType.RUN_START)
    if event:
        report(instance, run, event)
    return run


def report(instance: dg.DagsterInstance, run: dg.DagsterRun, event: dg.DagsterEventType) -> None:
    instance.report_dagster_event(
        dg.DagsterEvent(event_type_value=event.value, job_name=run.job_name), run.run_id
    )


def status_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


@contextmanager
def worker(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[subprocess.Popen[str]]:
    """A process that works on a run."""
    with subprocess.Popen(
        [sys.executable, "-c", SHOWS_LIFE, instance.root_directory, run.run_id],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "alive\n"
        yield process
        process.kill()


def look(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Monitor a run as the daemon does, with the launcher of dagster.yaml."""
    record = instance.get_run_record_by_id(run.run_id)
    assert record is not None
    workspace: Any = None  # asked for only where a run is resumed
    monitor_started_run(instance, workspace, record, logging.getLogger("monitoring"))


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of the worker of a daemon's run, as when daemon and code server are restarted "
    "mid-run",
    holds="the daemon's next look records the run as failed, so that the queue of one goes on; "
    "while the process lives, however slow, it is left alone",
)
def test_the_daemon_tells_a_dead_run_from_a_slow_one(instance: dg.DagsterInstance) -> None:
    run = run_of(instance, STATUS.STARTED)
    assert instance.run_launcher.supports_check_run_worker_health
    with worker(instance, run) as process:
        look(instance, run)
        assert status_of(instance, run) is STATUS.STARTED
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        look(instance, run)
        assert status_of(instance, run) is STATUS.FAILURE


def test_a_run_that_has_just_started_has_time_to_show_that_it_lives(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(instance, STATUS.STARTED)
    look(instance, run)
    assert status_of(instance, run) is STATUS.STARTED
    monkeypatch.setattr(run_life, "_GRACE_SECONDS", -1.0)
    look(instance, run)
    assert status_of(instance, run) is STATUS.FAILURE


@pytest.mark.fault(
    kind="crash",
    tried="a batch of the command line killed in any state of its record: created, starting, "
    "started, being cancelled",
    holds="the next batch closes the record, as failed or as cancelled, and starts",
)
@pytest.mark.parametrize(
    ("left", "closed"),
    [
        (STATUS.NOT_STARTED, STATUS.FAILURE),
        (STATUS.STARTING, STATUS.FAILURE),
        (STATUS.STARTED, STATUS.FAILURE),
        (STATUS.CANCELING, STATUS.CANCELED),
    ],
)
def test_what_a_killed_batch_left_open_is_closed(
    instance: dg.DagsterInstance, left: dg.DagsterRunStatus, closed: dg.DagsterRunStatus
) -> None:
    run = run_of(instance, left, **{STARTED_BY: COMMAND_LINE})
    assert status_of(instance, run) is left
    assert close_killed_runs(instance) == 1
    assert status_of(instance, run) is closed
    assert close_killed_runs(instance) == 0


@pytest.mark.fault(
    kind="contention",
    tried="a batch of the command line starts while runs of the daemon wait for the lock, start "
    "up, or queue",
    holds="none of them is mistaken for dead; a dead one and one that never reported in are closed",
)
def test_runs_of_the_daemon_that_wait_are_not_closed(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, killed = run_of(instance, STATUS.STARTED), run_of(instance, STATUS.STARTED)
    starting, queued = run_of(instance, STATUS.STARTING), run_of(instance, STATUS.QUEUED)
    with worker(instance, killed) as process:
        process.kill()
        process.wait()
    with worker(instance, waiting):
        assert close_killed_runs(instance) == 1
        assert status_of(instance, killed) is STATUS.FAILURE
        assert status_of(instance, waiting) is STATUS.STARTED
        monkeypatch.setattr(instances, "_START_SECONDS", -1.0)
        assert close_killed_runs(instance) == 1
        assert status_of(instance, starting) is STATUS.FAILURE
        assert status_of(instance, queued) is STATUS.QUEUED


@pytest.mark.fault(
    kind="crash",
    tried="the clock jumps, forward or back, by years while runs are under way",
    holds="a living run is not taken for dead: its sign of life is a lock and knows no time",
)
@pytest.mark.parametrize("jump", [-3e8, 3e8])
def test_a_clock_that_jumps_kills_no_run(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    run = run_of(instance, STATUS.STARTED)
    with worker(instance, run):
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + jump)
        look(instance, run)
        assert close_killed_runs(instance) == 0
        assert status_of(instance, run) is STATUS.STARTED
