"""Whether batches built one upon the other equal a rebuild, by many sequences of them.

`python -m benchmarks.equality --sequences 20` builds the bundled sample once and then delivers its
rows in another disorder for each seed, three batches long, comparing all tables at the end of each.
Belongs here: how many sequences, and telling which failed. Does not belong here: making deliveries
and building them (tests/warehouse/incremental_runs).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orchestration.settings import PROJECT_DIR
from tests.warehouse import sample_warehouse

_BATCHES = "3"


def main() -> int:
    """Run the sequences; the exit code says whether all of them were equal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=100)
    given = parser.parse_args()
    environment = {name: value for name, value in os.environ.items() if "AFTERMATH" not in name}
    failed = []
    with tempfile.TemporaryDirectory() as temporary:
        databases = sample_warehouse.newest(Path(temporary) / "sample").newest_databases
        for seed in range(given.first_seed, given.first_seed + given.sequences):
            begun = time.perf_counter()
            command = (sys.executable, "-m", "tests.warehouse.incremental_runs", str(databases))
            run = subprocess.run(  # noqa: S603 - our own module, no shell
                [*command, str(Path(temporary) / f"build-{seed}"), str(seed), _BATCHES],
                cwd=PROJECT_DIR,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            verdict = "equal" if run.returncode == 0 else "NOT EQUAL"
            print(f"seed {seed}: {verdict}, {time.perf_counter() - begun:.0f} s", flush=True)
            if run.returncode:
                failed.append(seed)
                print(run.stdout[-4000:], run.stderr[-4000:])
    print(f"{given.sequences - len(failed)} of {given.sequences} sequences equal a rebuild")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
