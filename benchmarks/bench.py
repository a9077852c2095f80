"""Everything that is measured, in one report: `make bench`.

Without options the sample alone: whole commands, the floor, the suites. `--landing` adds the floor
of a generated landing area, `--peers` the peers, `--scales` the growth; `--only` leaves the sample
out but for what it names. Nothing is written into the docs but with `--record`; else the report
goes into the build directory. What is not measured stays on the page as it is on record.

Belongs here: which parts, in which order, and what of each is compared with the record. Does not
belong here: measuring.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from benchmarks import floor, growth, processes, report, run
from benchmarks.peers.run import OURS, Turn, middle, table
from orchestration import clock
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence


#: What is measured of the sample.
ON_THE_SAMPLE: Final = ("commands", "suites", "floor")


class Report:
    """What was measured so far: figures, ratios, and the parts of the page."""

    def __init__(self, pictures: Path) -> None:
        self.figures: dict[str, Any] = {}
        self.ratios: dict[str, float] = {}
        self.parts: dict[str, report.Part] = {}
        self._pictures = pictures
        pictures.mkdir(parents=True, exist_ok=True)

    def add(self, heading: str, text: str, name: str, figures: Any) -> None:
        """Add a part; `figures` are what JSON holds."""
        load = f"{os.getloadavg()[0]:.1f}"
        facts = report.machine()
        where = f"{facts['processors']} x {facts['processor']}, {facts['memory']}"
        self.parts[name] = report.Part(heading, text, f"{clock.now():%Y-%m-%d}", load, where)
        self.figures[name] = figures
        print(f"\n## {heading}\n\n{text}", flush=True)

    def picture(self, name: str) -> Path:
        """Tell where a picture stands; the page names it."""
        return self._pictures / f"{name}.svg"


def commands(found: Report, runs: int, folder: Path) -> None:
    """Time whole commands as a person waits for them."""
    figures = [run.measure(case, runs, folder) for case in run.cases(())]
    base = next(figure.median for figure in figures if figure.name == run.YARDSTICK)
    for figure in figures:
        found.ratios[f"{figure.name} / {run.YARDSTICK}"] = figure.median / base
    found.ratios.pop(f"{run.YARDSTICK} / {run.YARDSTICK}")
    text = run.table(figures)
    found.add("Whole commands", text, "commands", [asdict(figure) for figure in figures])


def above_the_floor(found: Report, name: str, landing: Path | None, as_of: str, pairs: int) -> None:
    """Measure batch and floor in turns."""
    measured = floor.measure_all(landing, as_of, pairs)
    found.ratios[f"batch / floor, {name}"] = statistics.median(pair.ratio for pair in measured)
    middle = sorted(measured, key=lambda pair: pair.ratio)[len(measured) // 2]
    file = found.picture(f"floor-{name.replace('=', '-').lower()}")
    report.bars(file, f"Seconds above the floor, {name}", "seconds", floor.named(middle))
    found.add(
        f"The floor: {name}",
        f"{floor.table(measured)}\n\n![Seconds above the floor]({file.name})",
        f"floor {name}",
        [asdict(pair) for pair in measured],
    )


def asked_by_suites(found: Report, folder: Path) -> None:
    """Count what the suites send, in a process of their own."""
    build, file = folder / "suites", folder / "suites.json"
    processes.run((sys.executable, "-m", "orchestration.run"), {"AFTERMATH_BUILD_DIR": str(build)})
    command = ("-m", "benchmarks.suites", "--build", str(build), "--json", str(file))
    taken = processes.run((sys.executable, *command))
    found.add("Suites", taken.output.strip(), "suites", json.loads(file.read_text()))


def by_peers(found: Report, build: Path, runs: int, folder: Path) -> None:
    """Let the peers take turns on a finished batch, in a process of their own."""
    file = folder / "peers.json"
    command = ("-m", "benchmarks.peers.run", "--build", str(build), "--runs", str(runs))
    processes.run((sys.executable, *command, "--json", str(file)))
    turns = [Turn(**each) for each in json.loads(file.read_text(encoding="utf-8"))]
    with duckdb.connect(str(build / "published" / "current.duckdb"), read_only=True) as marts:
        [(rate, count)] = marts.execute(
            "select max(sample_rate), count(*) from core.published_generation, core.dim_lines"
        ).fetchall()
    sample = f"sample rate {float(rate):g}"
    ours = middle(turns, OURS)
    for peer in sorted({turn.peer for turn in turns} - {OURS}):
        name = f"{peer.removeprefix('with_')} / ours, {sample}"
        found.ratios[name] = middle(turns, peer) / ours
    figures = [asdict(turn) for turn in turns]
    heading = f"Peers: four marts, {sample}, {count:,} lines"
    found.add(heading, table(turns), f"peers, {sample}", figures)


def grown(
    found: Report, scales: Sequence[float], at_hand: Sequence[Path], within: Sequence[str]
) -> None:
    """Run at several scales and fit."""
    points: list[growth.Point] = []
    with tempfile.TemporaryDirectory(prefix="aftermath-growth-") as name:
        points = growth.measure_all(scales, at_hand, within, Path(name))
    series = {
        kind: [(growth.LINES * p.scale, p.wall) for p in points if p.kind == kind]
        for kind in ("full", "daily")
    }
    for kind, curve in series.items():
        if len(curve) > 1:
            found.ratios[f"exponent of a {kind} batch"] = growth.exponent(curve)
    walls = {(p.kind, p.scale): p.wall for p in points}
    for scale in sorted({p.scale for p in points}):
        found.ratios[f"one more day / full at SCALE={scale:g}"] = (
            walls["daily", scale] / walls["full", scale]
        )
    file = found.picture("growth")
    report.lines(file, "Seconds of a batch over lines", series)
    found.add(
        "Growth",
        f"{growth.table(points)}\n\n![Seconds over lines]({file.name})",
        "growth",
        [asdict(point) for point in points],
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, report, compare with the record."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each command and pair")
    parser.add_argument("--landing", type=Path, help="floor of this landing area too, one pair")
    parser.add_argument("--as-of", default="", help="day, with --landing")
    parser.add_argument("--landing-pairs", type=int, default=1, help="with --landing")
    parser.add_argument(
        "--only", nargs="*", choices=ON_THE_SAMPLE, default=ON_THE_SAMPLE, help="of the sample"
    )
    parser.add_argument(
        "--scales", type=float, nargs="*", default=[], help="growth at these scales"
    )
    parser.add_argument(
        "--generated", type=Path, nargs="*", default=[], help="growth: landing areas at hand"
    )
    parser.add_argument("--within", action="append", default=[], help="growth: a memory limit too")
    parser.add_argument(
        "--peers",
        type=Path,
        nargs="*",
        default=[],
        help="peers on the finished batches of these build directories",
    )
    parser.add_argument("--record", action="store_true", help="write docs/benchmarks")
    given = parser.parse_args(argv)
    target = report.FOLDER if given.record else Settings.from_env().build_dir / "benchmarks"
    on_record = report.record()
    before = on_record.get("ratios", {})
    found = Report(target)
    with tempfile.TemporaryDirectory(prefix="aftermath-bench-") as name:
        if "commands" in given.only:
            commands(found, given.runs, Path(name))
        if "suites" in given.only:
            asked_by_suites(found, Path(name))
    if "floor" in given.only:
        above_the_floor(found, "sample", None, "", given.runs)
    if given.landing:
        name = f"SCALE={growth.scale_of(given.landing):g}"
        above_the_floor(found, name, given.landing, given.as_of, given.landing_pairs)
    for build in given.peers:
        with tempfile.TemporaryDirectory(prefix="aftermath-bench-") as name:
            by_peers(found, build, given.runs, Path(name))
    if given.scales:
        at_hand = [*given.generated, *([given.landing] if given.landing else [])]
        grown(found, given.scales, at_hand, given.within)
    compared = report.comparison(found.ratios, before)
    kept = on_record if given.record else {"ratios": before}
    page = report.write(target, kept, found.parts, found.ratios, found.figures)
    print(f"\n{compared}\n\nReport: {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
