"""The sample built again after a few changes holds the same rows as everything built anew."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from orchestration.settings import PROJECT_DIR
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import sample_warehouse

if TYPE_CHECKING:
    from pathlib import Path

#: A mart that each of the changes reaches: a delivered row, a row of a register, a model.
REACHED = (
    "compensation.rpt_partner_discounts_monthly",
    "compensation.rpt_data_grant_monthly",
    "compensation.fct_waiver_decisions",
)


@pytest.mark.fault(
    kind="rerun",
    tried="the sample is built again after a row of a raw seed, a row of a register and the SQL of "
    "a model were changed",
    holds="what the changes reach is built again, the rest stands, and every table equals a "
    "rebuild by checksum",
)
def test_what_stands_equals_a_rebuild(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    databases = sample_warehouse.newest(folder_of_the_test_run(tmp_path_factory)).newest_databases
    run = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.repeat_runs", str(databases), str(tmp_path)],
        cwd=PROJECT_DIR,
        env={name: value for name, value in os.environ.items() if "AFTERMATH" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    told, _, changed = run.stdout.splitlines()[-1].partition(", changed: ")
    assert set(REACHED) <= set(changed.split())
    assert " 0 nodes stand" not in told
