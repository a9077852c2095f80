"""Command line of the generator.

    python -m scenarios.generate --scale 0.01 --out build/scenario
    python -m scenarios.generate --sample seeds/raw

Belongs here: arguments and messages. Does not belong here: anything that makes rows.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

from scenarios.generator import generation, sample
from scenarios.generator.scenario import ScenarioError


def parser() -> argparse.ArgumentParser:
    """Arguments of the command."""
    command = argparse.ArgumentParser(prog="python -m scenarios.generate", description=__doc__)
    command.add_argument(
        "--scenario", type=Path, default=generation.DEFAULT_SCENARIO, help="parameters, YAML"
    )
    command.add_argument(
        "--reference", type=Path, default=generation.DEFAULT_REFERENCE, help="registers, CSV"
    )
    command.add_argument("--scale", help="share of the real population, e.g. 0.01 or 1")
    command.add_argument("--out", type=Path, help="directory for landing/ and truth/")
    command.add_argument("--seed", type=int, help="another draw of the same scenario")
    command.add_argument("--memory-limit", default="6GB", help="what DuckDB may hold in memory")
    command.add_argument(
        "--sample",
        type=Path,
        nargs="?",
        const=sample.DEFAULT_DIRECTORY,
        help="write the bundled sample as CSV instead of a landing area",
    )
    command.add_argument(
        "--tied",
        action="store_true",
        help="end at once when standard input closes, as it does with whoever started this",
    )
    command.add_argument("--quiet", action="store_true", help="no progress lines")
    return command


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 on success, 2 for input that cannot be used."""
    command = parser()
    given = command.parse_args(arguments)
    if given.tied:
        threading.Thread(target=_end_with_standard_input, daemon=True).start()
    try:
        if given.sample is not None:
            sample.write(
                given.sample,
                scale=given.scale or sample.SCALE,
                scenario_file=given.scenario,
                reference=given.reference,
                seed=given.seed,
                quiet=given.quiet,
            )
        elif given.scale is None or given.out is None:
            command.error("give --scale and --out, or --sample")
        else:
            generation.generate(
                given.out.resolve(),
                given.scale,
                scenario_file=given.scenario,
                reference=given.reference,
                seed=given.seed,
                quiet=given.quiet,
                memory_limit=given.memory_limit,
            )
    except ScenarioError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def _end_with_standard_input() -> None:
    """End without tidying up: the next generation may be at work in the same place already."""
    os.read(sys.stdin.fileno(), 1)  # not through a buffer: its lock would be missed at the end
    os._exit(3)


if __name__ == "__main__":
    sys.exit(main())
