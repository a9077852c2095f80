"""How time and memory grow with the carrier: `python -m benchmarks.growth --scales 0.01 0.1 1`.

At each scale a landing area is generated, one day of it built in full, and one day more upon it.
The exponent is the slope of the logarithms: 1 means twice the lines take twice the time.

Belongs here: which runs are made at which scale, and the fit. Does not belong here: the
floor and the peers.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import processes
from benchmarks.floor import laps
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Lines of the scenario at SCALE=1.
LINES: Final = 13_600_000
#: What the issue of growth is held to.
EXPONENT: Final = 1.05
DAILY_SHARE: Final = 0.10
PEAK_BYTES: Final = 6 * 2**30
#: A day that no batch is of.
_NEVER: Final = "2099-12-31"


@dataclass(frozen=True, slots=True)
class Point:
    """What one run took at one scale; `kind` is `full`, `daily` or `full within <limit>`."""

    scale: float
    kind: str
    wall: float
    cpu: float
    peak_bytes: int
    laps: Mapping[str, float]


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Fit the slope of log y over log x by least squares.

    Args:
        points: at least two, with different x; both coordinates positive.

    Raises:
        ValueError: there are fewer than two different x.
    """
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(y) for _, y in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    if not spread:
        raise ValueError("a slope needs two scales")
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread


def days(landing: Path) -> tuple[str, str]:
    """Choose the last two days but one of a landing area: a full batch, and one day more.

    The very last day of a month brings monthly exports, which no other day does.
    """
    delivered = sorted(path.name for path in landing.iterdir() if path.is_dir())
    return delivered[-3], delivered[-2]


def registers_of_a_larger_carrier(folder: Path) -> Path:
    """Copy the registers as if nothing had been published: of such a carrier, nothing was.

    Else most claims contradict what is counted, and a gate stops the batch.
    """
    copy = folder / "reference"
    shutil.copytree(Settings.from_env().reference, copy, dirs_exist_ok=True)
    claims = copy / "ref_published_claims.csv"
    with claims.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with claims.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "published_on": _NEVER, "known_from": _NEVER} for row in rows)
    return copy


def measure(landing: Path, scale: float, limit: str, folder: Path) -> list[Point]:
    """Run one day in full and one day more in the same build directory."""
    build = folder / f"build-{scale}-{limit or 'free'}"
    own = {"AFTERMATH_BUILD_DIR": str(build)}
    if scale > 1:
        own["AFTERMATH_REFERENCE"] = str(registers_of_a_larger_carrier(folder))
    if limit:
        own["AFTERMATH_MEMORY_LIMIT"] = limit
    points = []
    for kind, day in zip(("full", "daily"), days(landing), strict=True):
        command = ("-m", "orchestration.run", "--landing", str(landing), "--as-of", day)
        taken = processes.run((sys.executable, *command), own)
        points.append(
            Point(
                scale=scale,
                kind=f"{kind} within {limit}" if limit else kind,
                wall=taken.wall,
                cpu=taken.cpu,
                peak_bytes=taken.peak_bytes,
                laps=laps(taken.output),
            )
        )
        print(
            f"SCALE={scale} {points[-1].kind} as of {day}: {taken.wall:.1f} s, "
            f"{taken.cpu:.1f} s of processors, {taken.peak_bytes / 2**30:.2f} GiB",
            flush=True,
        )
    shutil.rmtree(build)
    return points


def measure_all(
    scales: Sequence[float], at_hand: Sequence[Path], within: Sequence[str], folder: Path
) -> list[Point]:
    """Run at every scale, and at the largest within each memory limit too.

    `at_hand` are landing areas that need not be generated, each of the scale it was made at.
    """
    made = {scale_of(landing): landing for landing in at_hand}
    points: list[Point] = []
    for scale in sorted(scales):
        landing = made.get(scale) or generate(scale, folder)
        for limit in ("", *(within if scale == max(scales) else ())):
            points += measure(landing, scale, limit, folder)
        if scale not in made:
            shutil.rmtree(landing.parent)
    return points


def scale_of(landing: Path) -> float:
    """Read at which scale a landing area was generated."""
    generation = (landing.parent / "generation.json").read_text(encoding="utf-8")
    return float(Fraction(json.loads(generation)["scale"]))


def generate(scale: float, folder: Path) -> Path:
    """Generate the landing area of a scale; returns it."""
    out = folder / f"scale-{scale}"
    command = ("-m", "scenarios.generate", "--scale", str(scale), "--out", str(out), "--quiet")
    processes.run((sys.executable, *command))
    return out / "landing"


def table(points: Sequence[Point]) -> str:
    """Write runs and exponents as Markdown."""
    lines = [
        "| run | lines | wall s | CPU s | largest tree | µs per line |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {point.kind} | {LINES * point.scale:,.0f} | {point.wall:.1f} | {point.cpu:.1f} "
        f"| {point.peak_bytes / 2**30:.2f} GiB | {1e6 * point.wall / (LINES * point.scale):.1f} |"
        for point in points
    ]
    for kind in ("full", "daily"):
        of_kind = [point for point in points if point.kind == kind]
        if len(of_kind) > 1:
            time = exponent([(point.scale, point.wall) for point in of_kind])
            memory = exponent([(point.scale, point.peak_bytes) for point in of_kind])
            last = exponent([(point.scale, point.wall) for point in of_kind[-2:]])
            lines += [
                "",
                f"Exponent of a {kind} batch: time {time:.2f}, of the two largest {last:.2f} "
                f"(budget {EXPONENT}); memory {memory:.2f}.",
            ]
    whole = {point.scale: point.wall for point in points if point.kind == "full"}
    for point in points:
        if point.kind == "daily" and point.scale in whole:
            lines += [
                "",
                f"One more day at SCALE={point.scale} takes {point.wall / whole[point.scale]:.0%} "
                f"of a full batch (budget {DAILY_SHARE:.0%}).",
            ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Generate, run, fit, print; keep the figures as JSON if asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.01, 0.1])
    parser.add_argument(
        "--landing", type=Path, action="append", default=[], help="generated already, for its scale"
    )
    parser.add_argument("--within", action="append", default=[], help="memory limit, such as 4GB")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="aftermath-growth-") as name:
        points = measure_all(given.scales, given.landing, given.within, Path(name))
    if given.json:
        given.json.write_text(json.dumps([asdict(each) for each in points], indent=2) + "\n")
    print(table(points))
    return 0


if __name__ == "__main__":
    sys.exit(main())
