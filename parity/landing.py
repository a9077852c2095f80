"""Both engines on a landing area, in one phase or two.

Belongs here: exports generated to compare on, and the order in which the engines build on them.
Does not belong here: what is handed from one to the other (given), the comparison (run).

DuckDB builds first: its intake reads the landing area, and Spark is given the rows that it found.
In two phases the newest batch comes on its own: DuckDB keeps what stands and builds what arrived
anew (decision 19), Spark is told to do the same, and tables that grow have to keep their rows.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from orchestration import plans, work_area
from orchestration.settings import PROJECT_DIR, environment_without_keys
from parity import given, run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path


def generated(folder: Path, scale: str) -> Path:
    """Generate raw exports of the scenario; returns the landing area.

    Raises:
        subprocess.CalledProcessError: the generator refused, and has said why.
    """
    into = folder / "scenario"
    command = (sys.executable, "-m", "scenarios.generate", "--quiet")
    subprocess.run(  # noqa: S603 - our own module, no shell
        (*command, "--scale", scale, "--out", str(into)),
        cwd=PROJECT_DIR,
        env=environment_without_keys(),
        check=True,
    )
    return into / "landing"


def phases(folder: Path, landing: Path, count: int) -> Iterator[dict[str, Any]]:
    """Build as of the newest batches, one after the other; yields what Spark says of its tables.

    Raises:
        SystemExit: an engine failed, its log is named; or there are too few batches.
    """
    registers = plans.days_of_registers(run.settings_of(folder, str(landing)).reference)
    for day in days_of(batch_dates(landing), count, {day.isoformat() for day in registers}):
        yield build(folder, landing, day)


def days_of(batches: Sequence[str], count: int, registers: Collection[str]) -> Sequence[str]:
    """Choose the newest days on which so many phases can be built.

    A day on which a register says something else has everything built anew: none of the days
    of two phases, nor one between, may be such a day.

    Raises:
        SystemExit: there are no such days.
    """
    for last in range(len(batches), count - 1, -1):
        days = batches[last - count : last]
        if count == 1 or not any(days[0] <= each <= days[-1] for each in registers):
            return days
    raise SystemExit(f"{count} phases need as many batches, and no change of a register between")


def batch_dates(landing: Path) -> list[str]:
    """Name the batches of a landing area, oldest first: a folder each."""
    return sorted(file.parent.name for file in landing.glob("*/_manifest.json"))


def build(folder: Path, landing: Path, day: str) -> dict[str, Any]:
    """Build on DuckDB, then on Spark what DuckDB was given; returns what Spark says of its tables.

    Raises:
        SystemExit: an engine failed; its log is named.
    """
    begun = time.perf_counter()
    built, handed = folder / "spark" / "built.json", folder / "given"
    built.parent.mkdir(parents=True, exist_ok=True)
    of_duckdb = {"AFTERMATH_LANDING": str(landing), "AFTERMATH_AS_OF": day}
    duckdb = run.start(
        (sys.executable, "-m", "orchestration.run"),
        folder / "duckdb",
        folder / "duckdb.log",
        of_duckdb,
    )
    with run.ended_with_us({"DuckDB": duckdb}):
        run.finish({"DuckDB": duckdb}, folder)
    settings = run.settings_of(folder, str(landing))
    facts = work_area.read_facts(settings)
    variables = {
        "raw_carrier": settings.raw_carrier,
        "as_of_date": facts.as_of_date.isoformat(),
        "is_incremental_batch": facts.is_incremental,
    }
    handed.mkdir()
    try:
        relations = list(given.write(settings.work_db, handed))
        spark = run.start(
            (
                *(str(run.SPARK), "-m", "parity.on_spark", "--into", str(built)),
                *("--given", str(handed), "--vars", json.dumps(variables)),
            ),
            folder / "spark",
            folder / "spark.log",
        )
        with run.ended_with_us({"Spark": spark}):
            run.finish({"Spark": spark}, folder)
    finally:
        # Identifiers as delivered stand in it.
        shutil.rmtree(handed)
    told = {**run.told_in(folder), "landing": str(landing), "is_incremental": facts.is_incremental}
    built.write_text(json.dumps(told, indent=1), encoding="utf-8")
    print(
        f"as of {day}: both engines built in {time.perf_counter() - begun:.0f} s from "
        f"{len(relations)} relations, "
        f"{'what arrived alone' if facts.is_incremental else 'everything'}",
        flush=True,
    )
    return told
