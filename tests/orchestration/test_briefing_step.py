"""The step after publishing: what is published stays published, whatever becomes of its page."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import batch, briefing_page, report
from orchestration.settings import PROJECT_DIR, Settings
from tests.orchestration.small_batch import Small, install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    return install(monkeypatch, replace(Settings.from_env({}), build_dir=tmp_path / "build"))


@pytest.mark.fault(
    kind="crash",
    tried="the page of a generation cannot be made",
    holds="readers see the generation, the run fails and says that it was published all the same; "
    "a retry makes the page and nothing else",
)
def test_a_page_that_fails_takes_nothing_back(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = briefing_page._render

    def fail(*_: object) -> str:
        raise ValueError("no such mark")

    monkeypatch.setattr(briefing_page, "_render", fail)
    failed = small.run()
    assert not failed.is_success
    assert small.settings.current_db.resolve().stem == failed.generation
    assert not small.settings.briefing_page.exists()
    told = report.failure(small.settings, failed, 1.0)
    assert f"Published all the same: {failed.generation}; make briefing writes its page" in told
    assert "Nothing was published" not in told

    monkeypatch.setattr(briefing_page, "_render", drawn)
    done = small.run(asked=batch.Asked(is_retry=True))
    assert done.is_success, done.why
    assert small.steps(done.run_id) == ["published__briefing"]
    assert small.settings.briefing_page.read_text("utf-8") == "a page"
    assert small.settings.current_db.resolve().stem == failed.generation


def test_a_run_names_the_page(small: Small) -> None:
    done = small.run()
    assert done.is_success, done.why
    assert str(small.settings.briefing_page) in report.success(small.settings, done, 1.0, 0.0)


def test_charts_cost_no_other_command_its_start() -> None:
    code = (
        "import sys, orchestration.definitions, orchestration.briefing_page; "
        "print([name for name in ('altair', 'vl_convert') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
