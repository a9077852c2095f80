"""The batch on the bundled sample, run once per test run and published.

Belongs here: running it, on the parse of the test run, and where it stands. Does not belong here:
what tests do with copies.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from filelock import FileLock

from orchestration.settings import DEMO_PSEUDONYM_KEY, PROJECT_DIR
from tests import parsed_project

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def folder_of_the_test_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a test run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder


def published(shared: Path) -> Path:
    """The build directory of the batch; not to be changed. The first worker to ask runs it."""
    folder = shared / "batch"
    folder.mkdir(parents=True, exist_ok=True)
    build = folder / "build"
    done = folder / "done"
    with FileLock(folder / "build.lock"):
        if not done.exists():
            parsed_project.take_over(shared, build, "seeds")
            run = subprocess.run(
                [sys.executable, "-m", "orchestration.run"],
                cwd=PROJECT_DIR,
                env=_without_settings()
                | {
                    "AFTERMATH_BUILD_DIR": str(build),
                    # The one that is taken anyway, given as any other: it must show up nowhere.
                    "AFTERMATH_PSEUDONYM_KEY": DEMO_PSEUDONYM_KEY,
                },
                capture_output=True,
                text=True,
                check=False,
            )
            assert run.returncode == 0, f"the batch on the sample fails:\n{run.stderr[-4000:]}"
            done.write_text(run.stdout + run.stderr, "utf-8")
    return build


def terminal_of(build: Path) -> str:
    """What the batch told on the terminal."""
    return build.with_name("done").read_text("utf-8")


def _without_settings() -> dict[str, str]:
    names = ("AFTERMATH_", "DAGSTER_")
    return {name: value for name, value in os.environ.items() if not name.startswith(names)}
