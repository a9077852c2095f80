"""The bundled sample as of several days, once per test run.

Belongs here: taking over what the batch on the sample built, building it again as of the other
days, and handing out the rows of the marts. Does not belong here: any expectation about them. Run
as a module it builds into the folder named: a process of its own, so that no test process holds a
database open.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from filelock import FileLock

from orchestration.dbt_session import DbtSession
from orchestration.settings import PROJECT_DIR, Settings
from tests import batch_on_the_sample, parsed_project

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The newest batch of the sample first, then the days that are replayed.
NEWEST = date(2026, 3, 31)
REPLAYED = (date(2026, 1, 3), date(2025, 12, 28))

#: Days on which decisions alone are replayed, and the one table that is kept of them.
DECIDED = (date(2026, 2, 1), date(2026, 2, 20))
DECISIONS = "fct_waiver_decisions"

Row = dict[str, Any]


@dataclass(frozen=True)
class SampleWarehouse:
    """Marts of the sample by the day whose knowledge they hold."""

    folder: Path

    def query(self, as_of: date, sql: str) -> list[Row]:
        """Rows of a query on the marts as of the day; tables are named `mart.table`."""
        with duckdb.connect(str(self.marts(as_of)), read_only=True) as connection:
            relation = connection.execute(sql)
            names = [column[0] for column in relation.description]
            return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]

    @property
    def newest_databases(self) -> Path:
        """Folder with the databases as dbt left them on the newest day, all layers."""
        return self.folder / "newest"

    def marts(self, as_of: date) -> Path:
        """File with the marts as of the day."""
        return self.folder / f"marts-{as_of}.duckdb"


def newest(shared: Path) -> SampleWarehouse:
    """Take over the databases of the batch, unless another worker of the run has done so."""
    folder = shared / "sample_warehouse"
    warehouse = SampleWarehouse(folder)
    batch = Settings.from_env({"AFTERMATH_BUILD_DIR": str(batch_on_the_sample.published(shared))})
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "newest.lock"):
        if not warehouse.marts(NEWEST).exists():
            warehouse.newest_databases.mkdir()
            shutil.copyfile(batch.work_db, warehouse.newest_databases / batch.work_db.name)
            shutil.copyfile(batch.current_db, warehouse.newest_databases / batch.candidate_db.name)
            shutil.copyfile(batch.current_db, warehouse.marts(NEWEST))
    return warehouse


def built(shared: Path) -> SampleWarehouse:
    """Build the sample as of every other day, unless another worker of the run has done so."""
    warehouse = newest(shared)
    with FileLock(warehouse.folder / "replays.lock"):
        if not all(warehouse.marts(as_of).exists() for as_of in (*REPLAYED, *DECIDED)):
            _in_a_process_of_its_own(warehouse.folder)
    return warehouse


def _in_a_process_of_its_own(folder: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.sample_warehouse", str(folder)],
        cwd=PROJECT_DIR,
        env={name: value for name, value in os.environ.items() if "AFTERMATH" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"the sample was not built:\n{run.stderr[-4000:]}"


def build(warehouse: SampleWarehouse) -> None:
    """Build the models again as of each day, on the seeds that the batch loaded."""
    settings = Settings.from_env({"AFTERMATH_BUILD_DIR": str(warehouse.folder)})
    settings.work_dir.mkdir()
    shutil.copyfile(warehouse.newest_databases / settings.work_db.name, settings.work_db)
    parsed_project.take_over(warehouse.folder.parent, settings.build_dir, settings.raw_carrier)
    session = DbtSession(settings)
    models = tuple(
        asset for asset in session.manifest().layer_by_asset if asset.startswith("model.")
    )
    decided = _models_behind(session.manifest().content["nodes"], DECISIONS)
    for as_of, nodes in (
        *((day, models) for day in REPLAYED),
        *((day, decided) for day in DECIDED),
    ):
        outcome = session.build(nodes, as_of)
        broken = [
            f"{result.unique_id}: {result.message}"
            for result in outcome.results
            if not result.is_built
        ]
        assert not broken, "\n".join(broken)
        if as_of in DECIDED:
            _keep_decisions(settings.candidate_db, warehouse.marts(as_of))
        else:
            shutil.copyfile(settings.candidate_db, warehouse.marts(as_of))


def _models_behind(nodes: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The model and every model it reads, by however many steps."""
    waiting = [unique_id for unique_id, node in nodes.items() if node["name"] == name]
    found: list[str] = []
    while waiting:
        unique_id = waiting.pop()
        if unique_id not in found and unique_id.startswith("model."):
            found.append(unique_id)
            waiting += nodes[unique_id]["depends_on"]["nodes"]
    return tuple(found)


def _keep_decisions(candidate: Path, kept: Path) -> None:
    """Keep the one table that was built anew: the others are of another day."""
    with duckdb.connect(str(kept)) as connection:
        connection.execute(f"attach '{candidate}' as candidate (read_only)")
        connection.execute("create schema compensation")
        connection.execute(
            f"create table compensation.{DECISIONS} as "
            f"select * from candidate.compensation.{DECISIONS}"
        )


if __name__ == "__main__":
    # What a build makes lives until it ends: looking for garbage would be a tenth of its time.
    gc.disable()
    build(SampleWarehouse(Path(sys.argv[1])))
