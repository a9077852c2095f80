"""docs/reading.md: its code runs on the published sample as it stands on the page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR
from tests import batch_on_the_sample
from tests.batch_on_the_sample import folder_of_the_test_run

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (PROJECT_DIR / "docs" / "reading.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `build/published` is that of the batch on the sample."""
    folder = tmp_path_factory.mktemp("reading")
    build = batch_on_the_sample.published(folder_of_the_test_run(tmp_path_factory))
    (folder / "build").symlink_to(build)
    return folder


def test_the_page_has_code_in_python_and_for_the_shell() -> None:
    assert len(blocks("python")) == 4
    assert len(blocks("sh")) == 1


@pytest.mark.parametrize("code", blocks("python"))
def test_python_of_the_page_reads_the_sample(folder: Path, code: str) -> None:
    if "import polars" in code:
        pytest.importorskip("polars")
    assert len(run(folder, sys.executable, "-c", code).splitlines()) > 1


@pytest.mark.skipif(not shutil.which("duckdb"), reason="needs DuckDB's command line")
def test_the_command_line_of_the_page_reads_the_sample(folder: Path) -> None:
    for code in blocks("sh"):
        assert "all_destinations" in run(folder, "bash", "-eu", "-c", code)


def test_the_files_are_as_old_as_the_page_says(folder: Path) -> None:
    published = folder / "build" / "published"
    formats = {}
    for name in ("current.duckdb", "public.duckdb"):
        with duckdb.connect(str((published / name).resolve()), read_only=True) as connection:
            ((tags,),) = connection.execute(
                "select tags from duckdb_databases() where not internal"
            ).fetchall()
        formats[name] = re.match(r"v(\d+\.\d+)", tags["storage_version"])[1]
    assert (
        f"DuckDB {formats['current.duckdb']} or newer for the file of all marts, "
        f"{formats['public.duckdb']} or newer for the public one"
    ) in PAGE


def test_every_question_named_on_the_page_is_one() -> None:
    named = set(re.findall(r"\.ask (\w+)|ASK=(\w+)", PAGE))
    questions = {path.stem for path in (PROJECT_DIR / "analyses" / "questions").rglob("*.sql")}
    assert {name for pair in named for name in pair if name} <= questions
