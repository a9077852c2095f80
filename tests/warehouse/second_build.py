"""The second incident built by dbt and published, once per test run.

Belongs here: its project, which is this one with other seeds, and its generation. Does not belong
here: the incident (second_incident), the gates, which batches on the sample are for. Run as a
module it is a process of its own: `python -m tests.warehouse.second_build <folder>`.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Final

from filelock import FileLock

from orchestration import briefing_page, publishing
from orchestration.dbt_session import DbtSession
from orchestration.settings import PROJECT_DIR, Settings
from scenarios.generator import sample
from tests import second_incident

_PARTS: Final = ("models", "macros", "dbt_project.yml", "profiles.yml")
NEWEST: Final = date(2026, 9, 29)


def published(shared: Path) -> Settings:
    """Settings of the build directory; the first worker of the test run to ask fills it."""
    folder = shared / "second_incident"
    folder.mkdir(exist_ok=True)
    settings = _settings(folder)
    with FileLock(folder / "build.lock"):
        if not settings.briefing_page.exists():
            run = subprocess.run(
                [sys.executable, "-m", "tests.warehouse.second_build", str(folder)],
                cwd=PROJECT_DIR,
                env={name: value for name, value in os.environ.items() if "AFTERMATH" not in name},
                capture_output=True,
                text=True,
                check=False,
            )
            assert run.returncode == 0, f"the second incident fails:\n{run.stderr[-4000:]}"
    return settings


def _settings(folder: Path) -> Settings:
    return Settings.from_env(
        {
            "AFTERMATH_BUILD_DIR": str(folder / "build"),
            "AFTERMATH_REFERENCE": str(folder / "project" / "seeds" / "reference"),
        }
    )


def build(folder: Path) -> None:
    """Build, publish and write the page."""
    project = folder / "project"
    for part in _PARTS:
        copy = shutil.copytree if (PROJECT_DIR / part).is_dir() else shutil.copyfile
        (project / part).parent.mkdir(parents=True, exist_ok=True)
        copy(PROJECT_DIR / part, project / part)
    reference, scenario = second_incident.write(project / "seeds")
    sample.write(project / "seeds/raw", scenario_file=scenario, reference=reference, quiet=True)
    settings = _settings(folder)
    session = DbtSession(settings, project)
    manifest = session.manifest()
    tables = sorted(node for node in manifest.layer_by_asset if not node.startswith("source."))
    outcome = session.build(tables, NEWEST)
    broken = [f"{each.unique_id}: {each.message}" for each in outcome.results if not each.is_built]
    assert not broken, "\n".join(broken)
    facts = {
        "as_of_date": str(NEWEST),
        "sample_rate": sample.SCALE,
        "is_demo": True,
        "run_id": "none",
        "public_marts": manifest.public_marts,
    }
    publishing.publish(settings, publishing.new_generation_id(settings), facts)
    briefing_page.write(settings, publishing.generations(settings)[-1])


if __name__ == "__main__":
    # What a build makes lives until it ends: looking for garbage would be a tenth of its time.
    gc.disable()
    build(Path(sys.argv[1]))
