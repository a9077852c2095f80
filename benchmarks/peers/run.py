"""Peers in one run: `python -m benchmarks.peers.run --build DIR --runs 5`.

Belongs here: each peer in a process of its own, in turns, its marts compared with the published
ones, one table. Does not belong here: what a peer does (with_*.py, ours.py).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import processes
from benchmarks.peers.compare import differences
from benchmarks.peers.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS: Final = "ours"
PEERS: Final = {
    OURS: "ours",
    "with_bare_sql": "bare SQL",
    "with_dbt": "dbt-duckdb",
    "with_sqlmesh": "SQLMesh",
    "with_polars": "polars",
    "with_pandas": "pandas",
    "with_spark": "Spark",
}
_PYTHON: Final = processes.ROOT / ".venv-peers" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of one peer: seconds of wall and processors, peak bytes of its processes."""

    peer: str
    wall: float
    cpu: float
    peak_bytes: int


def python_of(peer: str) -> str:
    """Name the interpreter of a peer.

    Raises:
        SystemExit: the peers' environment is missing.
    """
    if peer == OURS:
        return sys.executable
    if not _PYTHON.exists():
        raise SystemExit(f"{peer} needs the environment of the peers: make peers-setup")
    return str(_PYTHON)


def take_turn(peer: str, cut: Path, published: Path) -> Turn:
    """Run a peer into a new directory and compare its marts.

    Raises:
        RuntimeError: it failed, or built other marts than those published.
    """
    with tempfile.TemporaryDirectory(prefix=f"aftermath-{peer}-") as out:
        command = [python_of(peer), "-m", f"benchmarks.peers.{peer}", str(cut), out]
        taken = processes.run(command, {"DO_NOT_TRACK": "1"})
        differ = differences(published, Path(out))
    if differ:
        raise RuntimeError(f"{peer} builds other marts: {'; '.join(differ)}")
    return Turn(peer, taken.wall, taken.cpu, taken.peak_bytes)


def middle(turns: Sequence[Turn], peer: str) -> float:
    """Take the median of a peer's seconds."""
    return statistics.median(turn.wall for turn in turns if turn.peer == peer)


def table(turns: Sequence[Turn]) -> str:
    """Write medians and ratios to ours as Markdown, the fastest first."""
    walls = {peer: middle(turns, peer) for peer in {turn.peer for turn in turns}}
    lines = [
        "| peer | runs | median s | against ours | CPU s | largest tree |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for peer, wall in sorted(walls.items(), key=lambda each: each[1]):
        taken = [turn for turn in turns if turn.peer == peer]
        ratio = f"{wall / walls[OURS]:.2f}" if OURS in walls else "-"
        cpu = statistics.median(turn.cpu for turn in taken)
        peak = max(turn.peak_bytes for turn in taken) / 2**30
        lines.append(
            f"| {PEERS[peer]} | {len(taken)} | {wall:.1f} | {ratio} | {cpu:.1f} | {peak:.2f} GiB |"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Prepare the cut, let the peers take turns, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers.run", description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="directory of a finished batch")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args(argv)
    for peer in given.peers:
        python_of(peer)
    published = given.build / "published" / "current.duckdb"
    turns = []
    folder = Path(tempfile.mkdtemp(prefix="aftermath-peers-"))
    try:
        prepare(given.build, folder / "cut")
        for number in range(given.runs):
            for peer in given.peers:
                turns.append(take_turn(peer, folder / "cut", published))
                print(f"run {number + 1}: {PEERS[peer]} {turns[-1].wall:.1f} s, equal", flush=True)
    finally:
        shutil.rmtree(folder)
    print(table(turns))
    if given.json:
        given.json.write_text(json.dumps([asdict(turn) for turn in turns], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
