"""The memory limit of the settings reaches the session that builds the tables."""

from __future__ import annotations

import os
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jinja2 import Template

from orchestration import dbt_session
from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

profiles: list[Any] = []


class Runner:
    """Stands for dbt: reads the profile as dbt does when it is called."""

    def __init__(self, **_: object) -> None:
        pass

    def invoke(self, _: Sequence[str]) -> SimpleNamespace:
        written = Template((PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
        profiles.append(yaml.safe_load(written.render(env_var=os.environ.get)))
        return SimpleNamespace(exception=RuntimeError("no parse"))


def test_the_models_are_built_within_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Put back after the test: the session writes them for dbt to read.
    for variable in ("AFTERMATH_BUILD_DIR", "AFTERMATH_REFERENCE", "AFTERMATH_MEMORY_LIMIT"):
        monkeypatch.setenv(variable, "as it was")
    monkeypatch.setattr("dbt.cli.main.dbtRunner", Runner)
    settings = Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path)})
    session = dbt_session.DbtSession(replace(settings, memory_limit="123MB"))
    with pytest.raises(dbt_session.DbtError, match="no parse"):
        session.manifest()
    profile = profiles[-1]["aftermath"]["outputs"]["duckdb"]
    assert profile["config_options"]["memory_limit"] == "123MB"
