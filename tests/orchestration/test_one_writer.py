"""One batch at a time, whatever becomes of the one before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
import pytest

from orchestration.instance import open_instance
from orchestration.logs import log_file
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from tests.orchestration.conftest import BuildArea


@pytest.mark.fault(
    kind="contention",
    tried="a second batch of the command line while one runs",
    holds="it is refused with the process that runs, and readers see no change",
)
def test_a_second_batch_is_refused(area: BuildArea) -> None:
    before = area.published()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from orchestration import batch_lock\n"
            "from orchestration.settings import Settings\n"
            "with batch_lock.hold(Settings.from_env()):\n"
            "    print('held', flush=True)\n"
            "    input()",
        ],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        ended = area.batch()
        holder.communicate("\n")

    assert ended.code == 1
    assert "Another batch is running in this build directory" in ended.err
    assert f"process {holder.pid}" in ended.err
    assert "Traceback" not in ended.err
    assert area.published() == before


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of a real batch while dbt builds the intermediate layer",
    holds="readers see no change; the next batch closes the record of the dead run and publishes",
)
def test_a_killed_batch_leaves_readers_alone_and_the_next_one_succeeds(area: BuildArea) -> None:
    before = area.published()
    told_before = log_file(area.settings).stat().st_size
    killed = subprocess.Popen(
        [sys.executable, "-m", "orchestration.run"], cwd=PROJECT_DIR, stderr=subprocess.DEVNULL
    )
    with killed:
        wait_for(area, "nodes of intermediate", told_before, killed)
        os.kill(killed.pid, signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    assert area.published() == before
    with duckdb.connect(str(area.settings.current_db.resolve()), read_only=True) as reader:
        assert reader.execute("select count(*) > 0 from core.dim_lines").fetchall() == [(True,)]
    left_open = area.last_run()
    assert left_open.status is dg.DagsterRunStatus.STARTED

    ended = area.batch()

    assert ended.code == 0, ended.err
    generation, _ = area.published()
    assert generation != before[0]
    assert generation.removesuffix(".duckdb") in ended.out
    with open_instance(area.settings) as instance:
        closed = instance.get_run_by_id(left_open.run_id)
    assert closed is not None
    assert closed.status is dg.DagsterRunStatus.FAILURE


def wait_for(
    area: BuildArea, text: str, told_before: int, process: subprocess.Popen[bytes]
) -> None:
    """Return when the log of the runs says so."""
    deadline = time.monotonic() + 300
    while text not in log_file(area.settings).read_text(encoding="utf-8")[told_before:]:
        assert process.poll() is None, "the batch ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.fault(
    kind="contention",
    tried="a program has the work database open when a batch starts",
    holds="the batch stops with one message that names the file, and nothing is removed",
)
def test_a_locked_work_database_is_said_to_be_locked(area: BuildArea) -> None:
    before = area.published()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys\n"
            "connection = duckdb.connect(sys.argv[1])\n"
            "print('open', flush=True)\n"
            "input()",
            str(area.settings.work_db),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        ended = area.batch()
        holder.communicate("\n")

    assert ended.code == 1
    assert "A database of the work area is open in another process" in ended.err
    assert str(area.settings.work_db) in ended.err
    assert area.published() == before
