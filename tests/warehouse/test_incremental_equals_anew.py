"""Batches built one upon the other hold the same rows as everything built anew."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from orchestration.settings import PROJECT_DIR
from tests import parsed_project
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import sample_warehouse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.fault(
    kind="late data",
    tried="rows held back, sent under an older day, sent twice, corrected, moved to another line "
    "or customer, without their id, and lines and customers that came after what names them; "
    "a step that is taken up again builds the same batch twice",
    holds="after two such batches every table built by key, and every table behind them, equals a "
    "rebuild by checksum",
)
def test_two_disorderly_batches_equal_a_rebuild(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shared = folder_of_the_test_run(tmp_path_factory)
    databases = sample_warehouse.newest(shared).newest_databases
    parsed_project.take_over(shared, tmp_path / "build", "landing")
    command = (sys.executable, "-m", "tests.warehouse.incremental_runs")
    # A seed with which a bill becomes overdue, of which no row says so.
    run = subprocess.run(
        [*command, str(databases), str(tmp_path / "build"), "7", "2"],
        cwd=PROJECT_DIR,
        env={name: value for name, value in os.environ.items() if "AFTERMATH" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert "where none arrived: 0" not in run.stdout, "take another seed: this proves nothing of it"
