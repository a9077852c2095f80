"""Two processes judge the tables of one question, each of them once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import memory_sizes, validating
from orchestration.settings import PROJECT_DIR
from orchestration.validator import ValidatorProcess
from tests.orchestration.killing import is_gone, wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not validating._FORKS, reason="one process where none forks")

#: Stands for the suites: says which process judged a table, and takes as long as it is told.
SUITES = """
import os, sys, time, types
def validate_layer(layer, database, tables, *, memory_limit, turns):
    if layer == "gold":
        raise ValueError("no layer 'gold'")
    judged = {}
    for table in turns(sorted(tables)):
        time.sleep(float(table))
        judged[table] = (os.getpid(), memory_limit)
    return judged
stub = types.ModuleType("expectations.validate")
stub.load, stub.validate_layer = (lambda: None), validate_layer
sys.modules["expectations.validate"] = stub
"""
ASKS = """
import pathlib, sys
from orchestration import validator
process = validator.ValidatorProcess("4GB")
for layer, *tables in [question.split(",") for question in sys.argv[1:]]:
    try:
        print(process(layer, pathlib.Path("none"), tables), flush=True)
    except validator.ValidatorError as error:
        print(repr(str(error).splitlines()[-1]), flush=True)
"""


def started(tmp_path: Path, *questions: str) -> subprocess.Popen[str]:
    (tmp_path / "sitecustomize.py").write_text(SUITES)
    return subprocess.Popen(
        [sys.executable, "-c", ASKS, *questions],
        cwd=PROJECT_DIR,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )


def asked(tmp_path: Path, *questions: str) -> list[object]:
    with started(tmp_path, *questions) as process:
        told, _ = process.communicate(timeout=60)
    return [eval(line) for line in told.splitlines()]


def test_whoever_is_free_judges_the_next_table(tmp_path: Path) -> None:
    [told] = asked(tmp_path, "raw,1.0,0.001,0.002,0.003,0.004")
    assert isinstance(told, dict)
    assert list(told) == ["0.001", "0.002", "0.003", "0.004", "1.0"]
    slow = told.pop("1.0")
    assert len({*told.values(), slow}) == 2, "one process judged everything"
    [told] = asked(tmp_path, "raw,0.0,1.0,1.1,1.2,1.3")
    assert sorted(list(told.values()).count(who) for who in set(told.values())) == [2, 3]


def test_they_share_what_duckdb_may_hold(tmp_path: Path) -> None:
    [told] = asked(tmp_path, "raw,0.1,0.2")
    assert {limit for _, limit in told.values()} == {"2000000.000KB"}
    with duckdb.connect(config={"memory_limit": memory_sizes.half("4GB")}) as connection:
        ((held,),) = connection.execute("select current_setting('memory_limit')").fetchall()
    assert held == "1.8 GiB"
    assert memory_sizes.half("80%") == "80%"


def test_a_question_that_nobody_could_answer_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    wrong, right = asked(tmp_path, "gold,0.1,0.2,0.3", "raw,0.1")
    assert wrong == "ValueError: no layer 'gold'"
    assert list(right) == ["0.1"]


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of the second validating process while it judges",
    holds="there is no verdict, and the batch learns at once",
)
def test_the_death_of_the_second_is_no_verdict(tmp_path: Path) -> None:
    with started(tmp_path, "raw,60.0,0.1") as process:
        first = wait_for_child(process.pid)
        os.kill(wait_for_child(first), signal.SIGKILL)
        told, _ = process.communicate(timeout=90)
    assert "ended without a verdict" in told


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of the first validating process while the second judges",
    holds="the second ends with it, in the middle of a table",
)
def test_the_second_ends_with_the_first(tmp_path: Path) -> None:
    with started(tmp_path, "raw,50.0,60.0") as process:
        first = wait_for_child(process.pid)
        second = wait_for_child(first)
        os.kill(first, signal.SIGKILL)
        told, _ = process.communicate(timeout=30)
        wait_until(lambda: is_gone(second))
    assert "ended without a verdict" in told


#: Stands for suites that take long: each process has the database open.
HOLDING = SUITES.replace(
    "time.sleep(float(table))",
    "import duckdb; duckdb.connect(str(database), read_only=True).execute('select 1'); "
    "database.with_name(table).touch(); time.sleep(60)",
)


def test_when_it_is_stopped_nobody_holds_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(database)).close()
    (tmp_path / "sitecustomize.py").write_text(HOLDING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    process = ValidatorProcess()
    for turn in range(3):
        tables = (f"{turn}a", f"{turn}b")
        process.start()
        assert process._connection is not None
        process._connection.send(("raw", database, tables))
        marks = [tmp_path / table for table in tables]
        wait_until(lambda files=marks: all(file.exists() for file in files), seconds=30)
        process.stop()
        duckdb.connect(str(database)).close()


def wait_for_child(pid: int) -> int:
    """Wait until a process has one that it started."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        if found:
            return int(found[0])
        time.sleep(0.02)
    raise AssertionError("no process was started")


def test_turns_are_taken_once() -> None:
    turns = validating._Turns()
    turns.give(3)
    assert next(turns.take("abc")) == "a"
    turns.give(2)
    assert list(turns.take("de")) == ["d", "e"]
    assert list(turns.take("de")) == []
