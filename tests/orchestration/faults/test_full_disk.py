"""A disk that fills up where a run writes beside the databases: records and evidence.

Files of this process may not grow beyond a limit for a while: a write fails in the middle, as on
a full disk.
"""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from expectations.verdicts import Outcome, TableVerdict
from orchestration.errors import CannotRecord
from orchestration.instance import COMMAND_LINE, STARTED_BY, close_killed_runs, open_instance
from orchestration.resources import evidence_resource
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLENTY = 50_000_000


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let writes beyond so many bytes of a file fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def run_with_limit(settings: Settings, limit: int, messages: int) -> bool:
    """Run while no file may grow beyond so many bytes; returns whether the run succeeded."""
    said = Outcome("A rule", "critical", passed=True, reason="x" * 3_000_000)

    @dg.op(required_resource_keys={"evidence"})
    def judge(context) -> None:  # type: ignore[no-untyped-def]
        context.resources.evidence.validate("raw", settings.work_db, ["raw.raw_lines"])
        for _ in range(messages):
            context.log.info("x" * 3000)

    @dg.job(
        executor_def=dg.in_process_executor,
        config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        resource_defs={
            "evidence": evidence_resource(
                settings,
                lambda *_: {"raw.raw_lines": TableVerdict("raw", "raw.raw_lines", (said,))},
            )
        },
    )
    def batch() -> None:
        judge()

    with open_instance(settings) as instance, files_of_at_most(limit):
        return batch.execute_in_process(
            instance=instance, raise_on_error=False, tags={STARTED_BY: COMMAND_LINE}
        ).success


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    return Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path / "build")})


def statuses(settings: Settings) -> list[dg.DagsterRunStatus]:
    with open_instance(settings) as instance:
        return [run.status for run in instance.get_runs()]


@pytest.mark.fault(
    kind="crash",
    tried="a disk that fills up while Dagster records what happens in a run",
    holds="the run stops with one message and no traceback; with room again the next batch closes "
    "its record and goes on",
)
def test_records_that_cannot_be_written_stop_the_run(settings: Settings) -> None:
    assert statuses(settings) == []
    with pytest.raises(CannotRecord, match="cannot be written") as raised:
        run_with_limit(settings, 400_000, messages=300)
    assert "make room on the disk" in raised.value.remedy
    assert statuses(settings) == [dg.DagsterRunStatus.STARTED]
    with open_instance(settings) as instance:
        assert close_killed_runs(instance) == 1
    assert run_with_limit(settings, PLENTY, messages=1)
    assert statuses(settings) == [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


@pytest.mark.fault(
    kind="crash",
    tried="a disk that fills up while Data Docs are written at the end of a run",
    holds="the verdict of the run stands, no half page is left, and pages of earlier runs stay",
)
def test_evidence_that_cannot_be_written_changes_no_verdict(settings: Settings) -> None:
    assert run_with_limit(settings, PLENTY, messages=1)
    [page] = settings.data_docs_dir.glob("*/index.html")
    before = page.read_bytes()
    assert run_with_limit(settings, 1_000_000, messages=1)
    assert [path.name for path in settings.data_docs_dir.iterdir()] == [page.parent.name]
    assert page.read_bytes() == before
    assert statuses(settings) == [dg.DagsterRunStatus.SUCCESS] * 2
