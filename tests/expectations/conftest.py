"""The bundled sample, built once per test run, and small databases for single cases."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from filelock import FileLock

from expectations import reader
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import sample_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from expectations.verdicts import TableVerdict

#: Layer -> schemas that its suites and their faults read; None: all.
SCHEMAS = {
    "raw": ("raw",),
    "staging": ("staging", "reference"),
    "intermediate": ("intermediate", "staging"),
    "marts": None,
}


@dataclass(frozen=True)
class Sample:
    """The databases of a build of the bundled sample, as built and in a form to plant faults in."""

    folder: Path
    databases: Path

    def database(self, layer: str) -> Path:
        """The file that holds the tables of a layer, as dbt left it."""
        return self.databases / _name(layer)

    def copy(self, layer: str, folder: Path) -> Path:
        """A small copy in which every view is a table."""
        folder.mkdir(exist_ok=True)
        return Path(shutil.copyfile(self.folder / f"{layer}.duckdb", folder / _name(layer)))


def _name(layer: str) -> str:
    return "candidate.duckdb" if layer == "marts" else "warehouse.duckdb"


def compact(source: Path, target: Path, schemas: Sequence[str] | None) -> None:
    """Copy what a layer needs, without free blocks, views as tables: quick to plant faults in."""
    with duckdb.connect() as connection:
        # Under its own name: views say which database they read.
        connection.execute(f"attach '{source}' as {source.stem} (read_only)")
        connection.execute(f"attach '{target}' as target")
        relations = connection.execute(
            "select table_schema || '.' || table_name, table_schema "
            "from information_schema.tables where table_catalog = ?",
            [source.stem],
        ).fetchall()
        for relation, schema in relations:
            if schemas is not None and schema not in schemas:
                continue
            connection.execute(f"create schema if not exists target.{schema}")
            connection.execute(
                f"create table target.{relation} as select * from {source.stem}.{relation}"
            )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample, built by the first worker that needs it."""
    shared = folder_of_the_test_run(tmp_path_factory)
    folder = shared / "expectations_sample"
    databases = sample_warehouse.newest(shared).newest_databases
    with FileLock(f"{folder}.lock"):
        if not (folder / "ready").exists():
            folder.mkdir(exist_ok=True)
            for layer, schemas in SCHEMAS.items():
                compact(databases / _name(layer), folder / f"{layer}.duckdb", schemas)
            (folder / "ready").touch()
    return Sample(folder, databases)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Callable[..., TableVerdict]:
    """Judge a table by rules made up in a test, as if a suite in the tree held them."""

    def judge(
        database: Path,
        table: str,
        rules: Sequence[Any],
        *,
        layer: str = "staging",
        **attributes: Any,
    ) -> TableVerdict:
        suite = ModuleType(f"expectations.{layer}.made_up")
        vars(suite).update({"KEYS": (), "expectations": lambda: list(rules), **attributes})
        monkeypatch.setitem(sys.modules, suite.__name__, suite)
        return reader.verdicts(layer, database, [table], {table: suite.__name__}, None)[table]

    return judge
