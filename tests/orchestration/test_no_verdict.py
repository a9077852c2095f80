"""A gate without a verdict is a gate that is shut."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration.settings import Settings
from orchestration.validator import ValidatorError
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
    tried="the validating process cannot give a verdict",
    holds="the gate counts as shut, nothing is built on the layer, and nothing is published",
)
@pytest.mark.parametrize("silent", [True, False], ids=["says nothing", "raises"])
def test_a_validator_without_a_verdict_shuts_the_gate(
    small: Small, monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    def judge(_layer: str, _database: object, _tables: object) -> dict[str, object]:
        if silent:
            return {}
        raise ValidatorError("Traceback ...\nMemoryError: too little memory")

    monkeypatch.setattr(small, "judge", judge)

    outcome = small.run()

    assert not outcome.is_success
    assert "gate of the raw layer" in outcome.why
    assert ("returned no verdict" if silent else "MemoryError: too little memory") in outcome.why
    assert small.built == ["raw"]
    assert not small.settings.current_db.exists()
