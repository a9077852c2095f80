"""Processes that a test of publishing starts: publishers to be killed, and readers.

    python publisher.py kill <build_dir> <times>   publish in children and kill each at some moment
    python publisher.py read <build_dir>           read until standard input ends

Every table of a generation holds the same number, so that a mix of two generations shows.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration import candidate, publishing
from orchestration.dbt_manifest import DbtManifest
from orchestration.settings import Settings

FACTS = {
    "as_of_date": "2026-01-03",
    "sample_rate": "0.001",
    "is_demo": True,
    "run_id": "a-run",
    "code_version": "1",
}

#: A project without a node, for batches of which only the start is looked at.
NO_PROJECT = DbtManifest(
    {"metadata": {"project_name": "none"}, "nodes": {}, "sources": {}, "macros": {}}, "landing"
)
_ROWS = 5000
_ALL = " union all ".join(
    f"select min(number) as low, max(number) as high, count(*) as n from {schema}.numbers"
    for schema in candidate.SCHEMAS
)


def settings_for(build_dir: Path, keep: int = 2) -> Settings:
    """Give settings of a build directory."""
    return replace(Settings.from_env({}), build_dir=build_dir, keep_generations=keep)


def build_candidate(settings: Settings, number: int) -> None:
    """Build marts as dbt does: in a file attached under the name `candidate`."""
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    for path in settings.work_dir.glob("candidate.duckdb*"):
        path.unlink()
    connection = duckdb.connect()
    connection.execute(f"attach '{settings.candidate_db}' as candidate")
    for schema in candidate.SCHEMAS:
        connection.execute(f"create schema candidate.{schema}")
        connection.execute(
            f"create table candidate.{schema}.numbers as "
            f"select {number} as number, range as line from range({_ROWS})"
        )
    connection.close()


def publish(settings: Settings, number: int) -> Path:
    """Build and publish a generation."""
    build_candidate(settings, number)
    facts = {**FACTS, "number": number}
    return publishing.publish(settings, publishing.new_generation_id(settings), facts)


def check(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the number of a generation after making sure that it is whole."""
    rows = connection.execute(_ALL).fetchall()
    numbers = {number for low, high, _ in rows for number in (low, high)}
    assert len(numbers) == 1, f"mixed: {rows}"
    assert {n for _, _, n in rows} == {_ROWS}, f"incomplete: {rows}"
    connection.execute(f"from {candidate.FACTS_TABLE}").fetchall()
    return int(numbers.pop())


def _kill(build_dir: Path, times: int) -> None:
    settings = settings_for(build_dir)
    chance = random.Random(7)
    for turn in range(times):
        started, start = os.pipe()
        child = os.fork()
        if not child:
            number = 1000 * (turn + 1)
            while True:
                build_candidate(settings, number)
                os.write(start, b"x")
                identifier = publishing.new_generation_id(settings)
                publishing.publish(settings, identifier, {**FACTS, "number": number})
                number += 1
        for _ in range(chance.randint(1, 2)):  # in the first publication, or after it
            os.read(started, 1)
        time.sleep(chance.uniform(0, 0.3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(started)
        os.close(start)
        _check_after_kill(settings)


def _check_after_kill(settings: Settings) -> None:
    """Read in a child as well: this process must not start threads before it forks."""
    child = os.fork()
    if not child:
        with duckdb.connect(str(settings.current_db), read_only=True) as connection:
            check(connection)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the current generation was spoiled by a kill")


def _read(build_dir: Path) -> None:
    """Keep one connection for long, and open another again and again."""
    current = settings_for(build_dir).current_db
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    reads, seen = 0, set()
    long_lived = duckdb.connect(str(current), read_only=True)
    first = check(long_lived)
    print("reading", flush=True)
    while not stopped.is_set():
        with duckdb.connect(str(current), read_only=True) as connection:
            seen.add(check(connection))
        assert check(long_lived) == first
        reads += 1
        time.sleep(0.01)  # the publishers need the processors as well
        if reads % 20 == 0:
            long_lived.close()
            long_lived = duckdb.connect(str(current), read_only=True)
            first = check(long_lived)
    print(reads, len(seen), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        _kill(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        _read(Path(sys.argv[2]))
