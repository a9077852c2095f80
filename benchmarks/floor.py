"""The gated batch against the floor: `python -m benchmarks.floor --landing D --as-of 2026-03-29`.

The floor is the same compiled SQL in one bare DuckDB process (bare). Batch and floor take turns in
one run, so that a slow or busy machine is slow for both; the marts of the two must be equal.

Belongs here: pairing, the ratio, and a name for every second above the floor. Does not belong
here: how the floor is run.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import processes
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What the batch may take, in floors.
BUDGET: Final = 1.25
_LAP = re.compile(r"([a-z_]+) ([\d.]+)")
_LAYERS: Final = ("staging", "intermediate", "marts")
_PARSE: Final = (
    "from orchestration.dbt_session import DbtSession\n"
    "from orchestration.settings import Settings\n"
    "DbtSession(Settings.from_env()).manifest()\n"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One turn of each: whole commands in seconds, and where the batch says it spent them."""

    batch: float
    floor: float
    batch_peak_bytes: int
    floor_peak_bytes: int
    laps: Mapping[str, float]
    floor_by_layer: Mapping[str, float]

    @property
    def ratio(self) -> float:
        """Batch over floor."""
        return self.batch / self.floor


def laps(told: str) -> dict[str, float]:
    """Read the line in which a run says where its seconds went.

    Raises:
        ValueError: there is no such line.
    """
    line = next((line for line in told.splitlines() if line.startswith("seconds: ")), None)
    if line is None:
        raise ValueError("the run does not say where its seconds went")
    return {name: float(seconds) for name, seconds in _LAP.findall(line.removeprefix("seconds: "))}


def named(pair: Pair) -> dict[str, float]:
    """Give every second of the batch above the floor a name; they add up to the difference.

    Of a dbt layer, what its models took in the floor is taken off, shared out by the floor's wall
    clock: two models run at a time there as here.
    """
    whole = sum(pair.floor_by_layer.values())
    above = {}
    for name, seconds in pair.laps.items():
        layer = name.removeprefix("dbt_")
        if name.startswith("dbt_") and layer in _LAYERS:
            own = pair.floor * pair.floor_by_layer.get(layer, 0.0) / whole
            above[f"dbt and data tests of {layer}"] = seconds - own
        else:
            above[name] = seconds
    above["not in a step"] = pair.batch - sum(pair.laps.values())
    return above


def measure_all(landing: Path | None, as_of: str, pairs: int) -> list[Pair]:
    """Let batch and floor take turns: on a landing area as of a day, or on the sample."""
    measured = []
    with tempfile.TemporaryDirectory(prefix="aftermath-floor-") as folder:
        for number in range(1, pairs + 1):
            measured.append(measure(landing, as_of, Path(folder)))
            print(f"pair {number} of {pairs}: ratio {measured[-1].ratio:.2f}", flush=True)
    return measured


def measure(landing: Path | None, as_of: str, folder: Path) -> Pair:
    """Run a batch in a new build directory, then its floor.

    dbt has read the project there before, as it has for every batch but the first of a version.

    Raises:
        RuntimeError: either failed, or a mart of the floor is not that of the batch.
    """
    build, into = folder / "batch", folder / "floor"
    command = [sys.executable, "-m", "orchestration.run"]
    if landing:
        command += ["--landing", str(landing), "--as-of", as_of]
    own = {"AFTERMATH_BUILD_DIR": str(build)}
    carrier = {"AFTERMATH_LANDING": str(landing)} if landing else {}
    processes.run((sys.executable, "-c", _PARSE), {**own, **carrier})
    batch = processes.run(command, own)
    bare = processes.run(
        [
            *(sys.executable, "-m", "benchmarks.bare", "--build", str(build), "--into", str(into)),
            *("--memory-limit", Settings.from_env().memory_limit),
        ]
    )
    told: dict[str, Any] = json.loads(bare.output.splitlines()[-1])
    if told["differ"]:
        raise RuntimeError(f"the floor builds other marts: {', '.join(told['differ'])}")
    pair = Pair(
        batch=batch.wall,
        floor=told["wall"],
        batch_peak_bytes=batch.peak_bytes,
        floor_peak_bytes=told["peak_bytes"],
        laps=laps(batch.output),
        floor_by_layer=told["by_layer"],
    )
    shutil.rmtree(build)
    shutil.rmtree(into)
    return pair


def table(pairs: Sequence[Pair]) -> str:
    """Write the ratio and the names as Markdown, medians of all pairs."""
    middle = sorted(pairs, key=lambda pair: pair.ratio)[len(pairs) // 2]
    ratio = statistics.median(pair.ratio for pair in pairs)
    lines = [
        "| | median s | largest tree |",
        "|---|---:|---:|",
        f"| gated batch | {statistics.median(pair.batch for pair in pairs):.1f} "
        f"| {max(pair.batch_peak_bytes for pair in pairs) / 2**30:.2f} GiB |",
        f"| floor | {statistics.median(pair.floor for pair in pairs):.1f} "
        f"| {max(pair.floor_peak_bytes for pair in pairs) / 2**30:.2f} GiB |",
        f"| ratio, budget {BUDGET} | {ratio:.2f} | |",
        "",
        "| above the floor, in the pair of the median | s |",
        "|---|---:|",
    ]
    lines += [
        f"| {name} | {seconds:.1f} |"
        for name, seconds in sorted(named(middle).items(), key=lambda each: -each[1])
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the pairs, print the table, keep the figures as JSON if asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("--landing", type=Path, help="landing area; without it the sample")
    parser.add_argument("--as-of", default="", help="day, with --landing")
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args(argv)
    pairs = measure_all(given.landing, given.as_of, given.pairs)
    print(table(pairs))
    if given.json:
        given.json.write_text(json.dumps([asdict(pair) for pair in pairs], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
