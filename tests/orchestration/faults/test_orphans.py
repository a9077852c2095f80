"""What a killed batch started goes with it, so that the next one finds nobody in its way."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR
from tests.orchestration.killing import is_gone, wait_until

if TYPE_CHECKING:
    from pathlib import Path

#: Stands for the suites in the validating process, whose imports take longer than all the rest:
#: a query without end on one database.
SUITES = """
import os, sys, types
def validate_layer(layer, database, tables, *, memory_limit, turns):
    import duckdb
    connection = duckdb.connect(str(database), read_only=True)
    # In one piece: two processes judge, and their standard output is one.
    os.write(1, b"judging\\n")
    connection.execute("select count(*) from range(10000000) a, range(10000000) b").fetchall()
stub = types.ModuleType("expectations.validate")
stub.load, stub.validate_layer = (lambda: None), validate_layer
sys.modules["expectations.validate"] = stub
"""
ASKS = """
import pathlib, sys
from orchestration import validator
process = validator.ValidatorProcess()
process.start()
print(process._process.pid, flush=True)
process("raw", pathlib.Path(sys.argv[1]), ["raw.raw_lines"])
"""
GENERATES = """
import pathlib, subprocess, sys
from types import SimpleNamespace
from orchestration import generation
class Started(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        print(self.pid, flush=True)
subprocess.Popen = Started
build, project = map(pathlib.Path, sys.argv[1:])
generation.generate(
    SimpleNamespace(build_dir=build, reference=project / "seeds" / "reference"),
    SimpleNamespace(
        scenario=next((project / "scenarios").glob("*.yaml")),
        scale="0.05",
        seed=None,
        verbose=False,
    ),
)
"""


def is_locked(database: Path) -> bool:
    """Ask as the next batch does before it empties the work area."""
    descriptor = os.open(database, os.O_RDWR)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of a batch while a gate judges its tables",
    holds="the validating process ends with it, in mid-query, and no database stays locked",
)
def test_a_validator_ends_in_mid_query_with_the_batch_that_asked(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(database)).close()
    (tmp_path / "sitecustomize.py").write_text(SUITES)
    with subprocess.Popen(
        [sys.executable, "-c", ASKS, str(database)],
        cwd=PROJECT_DIR,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as batch:
        try:
            assert batch.stdout is not None
            validator = int(batch.stdout.readline())
            assert batch.stdout.readline() == "judging\n"
            assert is_locked(database), "the fault is not planted: nobody has the database open"
        finally:
            batch.send_signal(signal.SIGKILL)
        batch.wait()
        wait_until(lambda: not is_locked(database))
        wait_until(lambda: is_gone(validator))


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of a batch while its exports are generated",
    holds="the generator ends with it, and what it left half written is generated anew",
)
def test_a_generator_ends_with_the_batch_that_started_it(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    with subprocess.Popen(
        [sys.executable, "-c", GENERATES, str(tmp_path), str(PROJECT_DIR)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as batch:
        assert batch.stdout is not None
        generator = int(batch.stdout.readline())
        wait_until(lambda: list(folder.glob(".*.unfinished")))
        batch.send_signal(signal.SIGKILL)
        batch.wait()
        wait_until(lambda: is_gone(generator))
    [left] = folder.iterdir()
    assert left.suffix == ".unfinished", "the fault is not planted: the generator tidied up"
