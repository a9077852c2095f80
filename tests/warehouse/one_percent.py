"""The reference incident at a hundredth of its size, generated and built once per test run.

Belongs here: the generation, its warehouse, and queries on both. Does not belong here: any
expectation about them. Run as a module it builds into the folder named: a process of its own, so
that no test process holds a database open.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from orchestration import intake
from orchestration.dbt_session import DbtSession
from orchestration.settings import DEMO_PSEUDONYM_KEY, PROJECT_DIR, Settings
from tests import parsed_project
from tests.warehouse import truth

SCALE = "0.01"

Row = dict[str, Any]


@dataclass(frozen=True)
class OnePercent:
    """Marts at a hundredth, and the truth behind their exports."""

    folder: Path
    generated: truth.Generated

    @property
    def marts(self) -> Path:
        """File with the marts as of the newest batch."""
        return self.folder / "marts.duckdb"

    def true(self, table: str, *columns: str) -> str:
        """A table of the truth as a relation, with line_key beside its line_id."""
        text = f"'{DEMO_PSEUDONYM_KEY}:line:' || line_id"
        key = f"cast('0x' || substr(sha256({text}), 1, 15) as bigint)"
        listed = ", ".join(columns)
        return f"(select {key} as line_key, {listed} from {self.generated.truth_table(table)})"

    def query(self, sql: str) -> list[Row]:
        """Rows of a query on the marts; tables are named `mart.table`."""
        with duckdb.connect(str(self.marts), read_only=True) as connection:
            relation = connection.execute(sql)
            names = [column[0] for column in relation.description]
            return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def built(folder: Path) -> OnePercent:
    """Generate and build, unless another worker of the run has done so."""
    generated = truth.at_scale(folder.parent / "scenario", SCALE)
    warehouse = OnePercent(folder, generated)
    with FileLock(folder / "build.lock"):
        if not warehouse.marts.exists():
            run = subprocess.run(
                [sys.executable, "-m", "tests.warehouse.one_percent", str(folder)],
                cwd=PROJECT_DIR,
                env={name: value for name, value in os.environ.items() if "AFTERMATH" not in name}
                | {
                    "AFTERMATH_BUILD_DIR": str(folder),
                    "AFTERMATH_LANDING": str(generated.landing),
                    "AFTERMATH_PSEUDONYM_KEY": DEMO_PSEUDONYM_KEY,
                },
                capture_output=True,
                text=True,
                check=False,
            )
            assert run.returncode == 0, f"the hundredth was not built:\n{run.stderr[-4000:]}"
    return warehouse


def build(folder: Path) -> None:
    """Take the exports in and build every table; the tests of dbt run elsewhere."""
    settings = Settings.from_env(os.environ)
    taken_in = intake.take_in(settings)
    parsed_project.take_over(folder.parent, settings.build_dir, settings.raw_carrier)
    session = DbtSession(settings)
    nodes = tuple(
        asset for asset in session.manifest().layer_by_asset if not asset.startswith("source.")
    )
    outcome = session.build(nodes, taken_in.as_of_date)
    broken = [
        f"{result.unique_id}: {result.message}" for result in outcome.results if not result.is_built
    ]
    assert not broken, "\n".join(broken)
    unfinished = folder / "marts.unfinished"
    shutil.copyfile(settings.candidate_db, unfinished)
    unfinished.replace(folder / "marts.duckdb")


if __name__ == "__main__":
    # What a build makes lives until it ends: looking for garbage would be a tenth of its time.
    gc.disable()
    build(Path(sys.argv[1]))
