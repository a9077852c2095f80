"""The project as the conventions see it: its files, its manifest, and itself built on no rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from filelock import FileLock

from tests.batch_on_the_sample import folder_of_the_test_run
from tests.conventions.rulebook import ROOT, Project, read_files

if TYPE_CHECKING:
    from pathlib import Path

#: The clock of the manifest. Given, so that `as_of_date()` is a day and no read of the raw batches:
#: the flow between layers is judged without the clock.
AS_OF = "2026-03-31"

#: What dbt makes lives until it ends: looking for garbage would be a tenth of its time.
DBT = "import gc; gc.disable(); from dbt.cli.main import cli; cli()"


def dbt(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run dbt on the project, with everything it writes below `folder`."""
    (folder / "work").mkdir(parents=True, exist_ok=True)
    # What it tells goes to the terminal: a log of every statement is read by nobody.
    command = [sys.executable, "-c", DBT, "--no-use-colors", "--log-level-file", "none", *arguments]
    command += ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    command += ["--vars", json.dumps({"as_of_date": AS_OF})]
    own = {"AFTERMATH_BUILD_DIR": str(folder), "AFTERMATH_REFERENCE": "seeds/reference"}
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def dbt_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of a test run, with the parsed manifest in it."""
    folder = folder_of_the_test_run(tmp_path_factory) / "conventions"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "parse.lock"):
        if not (folder / "target" / "manifest.json").exists():
            parsed = dbt(folder, "parse")
            assert parsed.returncode == 0, f"dbt parse failed:\n{parsed.stdout}{parsed.stderr}"
    return folder


@pytest.fixture(scope="session")
def files() -> Project:
    """The tracked text files alone."""
    return read_files()


@pytest.fixture(scope="session")
def project(dbt_folder: Path, files: Project) -> Project:
    """The tracked files and the manifest."""
    manifest = json.loads((dbt_folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    return Project(manifest=manifest, texts=files.texts, sizes=files.sizes)


@pytest.fixture(scope="session")
def build_results(dbt_folder: Path) -> list[dict[str, Any]]:
    """What became of every seed, model and unit test when the project was built on no rows."""
    results = dbt_folder / "target" / "run_results.json"
    with FileLock(dbt_folder / "build.lock"):
        if not (dbt_folder / "built").exists():
            built = dbt(dbt_folder, "build", "--empty", "--exclude", "test_type:data")
            assert results.exists(), f"dbt build did not start:\n{built.stdout}{built.stderr}"
            (dbt_folder / "built").touch()
    loaded: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))["results"]
    return loaded


@pytest.fixture(scope="session")
def built_project(
    dbt_folder: Path, project: Project, build_results: list[dict[str, Any]]
) -> Project:
    """The project with the columns of every table that was built."""
    built = {r["unique_id"]: {} for r in build_results if r["status"] == "success"}
    names = {
        (node["database"], node["schema"], node["name"]): node["unique_id"]
        for node in project.models()
    }
    with duckdb.connect() as connection:
        for file in ("warehouse", "candidate"):
            path = dbt_folder / "work" / f"{file}.duckdb"
            connection.execute(f"attach '{path}' as {file} (read_only)")
        columns = connection.execute(
            "select database_name, schema_name, table_name, column_name, data_type"
            " from duckdb_columns() where database_name in ('warehouse', 'candidate')"
        ).fetchall()
    for database, schema, table, column, data_type in columns:
        unique_id = names.get((database, schema, table))
        if unique_id in built:
            built[unique_id][column] = data_type
    return replace(project, built=built)
