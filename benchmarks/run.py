"""Times of whole commands, as a person waits for them: `python -m benchmarks.run`.

Belongs here: which commands are measured, and how a figure is made of repetitions. Does not belong
here: profiling of parts (a run's own report and Dagster's page name the time of each step).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import processes

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What the others are compared with.
YARDSTICK = "dbt build alone on the sample"

DBT = (sys.executable, "-m", "dbt.cli.main", "--quiet")


@dataclass(frozen=True, slots=True)
class Case:
    """A command to be measured.

    `is_fresh` gives every repetition an empty build directory; else the cases share one, as the
    runs of a day do. `runs` of None means as often as asked for.
    """

    name: str
    command: tuple[str, ...]
    is_fresh: bool = False
    runs: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """What the repetitions of a case took: wall seconds, and peak bytes of the process tree."""

    name: str
    runs: int
    minimum: float
    median: float
    maximum: float
    peak_bytes: int


def cases(scales: Sequence[str]) -> tuple[Case, ...]:
    """Commands in the order in which they are measured."""
    run = (sys.executable, "-m", "orchestration.run")
    return (
        Case("run on the sample, first time", run, is_fresh=True),
        Case("run on the sample, everything anew", (*run, "--full")),
        Case("run on the sample, again", run),
        Case(YARDSTICK, dbt_build(), is_fresh=True),
        Case("one query on the published marts", sql_query()),
        *(Case(f"run at SCALE={scale}", (*run, "--scale", scale), runs=1) for scale in scales),
    )


def dbt_build() -> tuple[str, ...]:
    """Build the same nodes and run the same tests, without gates and publishing."""
    return (*DBT, "build", "--exclude", "test_type:unit", "--profiles-dir", str(processes.ROOT))


def sql_query() -> tuple[str, ...]:
    """Ask one question, as `make sql` does."""
    query = "from reconciliation.rpt_published_claims limit 1"
    return (sys.executable, "-m", "orchestration.sql", "-q", query)


def once(command: Sequence[str], build_dir: Path) -> processes.Taken:
    """Run a command in a build directory.

    Raises:
        RuntimeError: the command failed; its last lines are the message.
    """
    (build_dir / "work").mkdir(parents=True, exist_ok=True)
    own = {
        "AFTERMATH_BUILD_DIR": str(build_dir),
        "DBT_TARGET_PATH": str(build_dir / "dbt" / "benchmark"),
        "DBT_LOG_PATH": str(build_dir / "logs"),
    }
    return processes.run(command, own)


def measure(case: Case, runs: int, folder: Path) -> Figure:
    """Repeat a case."""
    found = []
    for number in range(case.runs or runs):
        build_dir = folder / (f"fresh-{number}" if case.is_fresh else "shared")
        found.append(once(case.command, build_dir))
        if case.is_fresh:
            shutil.rmtree(build_dir)
    seconds = [each.wall for each in found]
    return Figure(
        name=case.name,
        runs=len(seconds),
        minimum=min(seconds),
        median=statistics.median(seconds),
        maximum=max(seconds),
        peak_bytes=max(each.peak_bytes for each in found),
    )


def table(figures: Sequence[Figure]) -> str:
    """Write a Markdown table; ratios are those of medians to the yardstick's."""
    base = next(figure.median for figure in figures if figure.name == YARDSTICK)
    lines = [
        "| command | runs | min s | median s | max s | ratio | largest tree |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {each.name} | {each.runs} | {each.minimum:.1f} | {each.median:.1f} "
        f"| {each.maximum:.1f} | {each.median / base:.2f} | {each.peak_bytes / 2**30:.2f} GiB |"
        for each in figures
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table, keep the figures as JSON if asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="repetitions of each short command")
    parser.add_argument("--scale", action="append", default=[], help="also generate and run at it")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args(argv)
    chosen = cases(given.scale)
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, {platform.machine()}")
    print(f"load before: {os.getloadavg()[0]:.1f} (if it is busy, trust the ratios only)")
    with tempfile.TemporaryDirectory(prefix="aftermath-bench-") as folder:
        figures = [measure(case, given.runs, Path(folder)) for case in chosen]
    print(table(figures))
    if given.json:
        given.json.write_text(json.dumps([asdict(each) for each in figures], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
