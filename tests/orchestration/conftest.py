"""A build directory in which one batch was published, and batches run on copies of it.

The first batch is run once for all workers of a test run (batch_on_the_sample). Every test works on
a copy of its own at one path per worker: dbt parses the project anew when the path of the build
directory changes, unless it is told to take the parse over (parsed_project).
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from orchestration import definitions, failures, partitions, run
from orchestration.dbt_session import DbtSession
from orchestration.instance import open_instance
from orchestration.jobs import BATCH
from orchestration.layer import BUILT_LAYERS
from orchestration.settings import KEY_VARIABLES, Settings
from orchestration.translator import LayerTranslator
from tests import batch_on_the_sample, parsed_project

if TYPE_CHECKING:
    from pathlib import Path

    import dagster as dg

    from orchestration.layer import Layer

#: Kept when a copy is renewed, since it holds dbt's parse of the project.
_PARSED = "dbt"


@dataclass(frozen=True)
class Ended:
    """What a batch left behind on the terminal."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class BuildArea:
    """A build directory of one test."""

    settings: Settings
    capture: pytest.CaptureFixture[str]

    def batch(self, *arguments: str) -> Ended:
        """Run a batch as the command line does."""
        self.capture.readouterr()
        code = run.main(arguments)
        told = self.capture.readouterr()
        return Ended(code, told.out, told.err)

    def layers(self, first: Layer, *tables: str) -> tuple[str, str]:
        """Build a layer and those after it on what stands, as the page does; says why it failed.

        Args:
            first: the layer.
            tables: what is chosen of it, as schema.table; all of it if none is named.

        Returns:
            The message, empty if nothing failed, and the id of the run.
        """
        session = DbtSession(self.settings)
        manifest = session.manifest()
        code = definitions.build(self.settings, manifest, dbt=session)
        translator = LayerTranslator(manifest)
        chosen = [
            key
            for layer in BUILT_LAYERS[BUILT_LAYERS.index(first) :]
            for key in (translator.spec(node).key for node in manifest.assets(layer))
            if layer != first or not tables or ".".join(key.path) in tables
        ]
        with open_instance(self.settings) as instance:
            result = code.resolve_job_def(BATCH).execute_in_process(
                instance=instance,
                asset_selection=chosen,
                partition_key=partitions.prepare(instance, self.settings),
                raise_on_error=False,
            )
        return failures.why(result.all_events), result.run_id

    def published(self) -> tuple[str, str]:
        """The current generation: its name and the checksum of its file."""
        path = self.settings.current_db.resolve(strict=True)
        return path.name, hashlib.sha256(path.read_bytes()).hexdigest()

    def last_run(self) -> dg.DagsterRun:
        """The newest run on record."""
        with open_instance(self.settings) as instance:
            return next(iter(instance.get_runs(limit=1)))

    def events(self, run_id: str) -> list[dg.DagsterEvent]:
        """What Dagster recorded of a run."""
        with open_instance(self.settings) as instance:
            records = instance.all_logs(run_id)
        return [record.dagster_event for record in records if record.dagster_event]

    def materialised(self, run_id: str) -> set[dg.AssetKey]:
        """Assets that a run made."""
        return {
            event.asset_key
            for event in self.events(run_id)
            if event.is_step_materialization and event.asset_key
        }


@pytest.fixture(scope="session")
def published_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One batch on the bundled sample, published; not to be changed."""
    return batch_on_the_sample.published(
        batch_on_the_sample.folder_of_the_test_run(tmp_path_factory)
    )


@pytest.fixture(scope="session")
def worker_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the copies of this worker stand, one after the other."""
    return tmp_path_factory.mktemp("area", numbered=False) / "build"


@pytest.fixture
def area(
    published_build: Path,
    worker_build: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> BuildArea:
    """A copy of the published build; the settings of the environment point to it."""
    for path in worker_build.glob("*"):
        if path.name != _PARSED:
            shutil.rmtree(path)
    ignored = shutil.ignore_patterns(_PARSED) if (worker_build / _PARSED).exists() else None
    shutil.copytree(
        published_build, worker_build, symlinks=True, ignore=ignored, dirs_exist_ok=True
    )
    if ignored is None:
        parsed_project.move(worker_build / _PARSED / "seeds", published_build, worker_build)
    _environment(monkeypatch, worker_build)
    return BuildArea(Settings.from_env(), capsys)


def _environment(patch: pytest.MonkeyPatch, build: Path) -> None:
    """Set what a batch reads and writes, so that nothing of it outlives the test."""
    for name in (
        "AFTERMATH_LANDING",
        "AFTERMATH_AS_OF",
        "AFTERMATH_FULL",
        "AFTERMATH_REFERENCE",
        *KEY_VARIABLES,
        "DAGSTER_HOME",
        "DAGSTER_EVENT_BATCH_SIZE",
        "DAGSTER_DISABLE_TELEMETRY",
    ):
        patch.setenv(name, "")
        patch.delenv(name)
    patch.setenv("AFTERMATH_BUILD_DIR", str(build))
