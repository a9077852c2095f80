"""One batch at a time, whatever becomes of the one before."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

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
