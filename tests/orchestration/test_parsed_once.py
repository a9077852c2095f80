"""A project that is as it was when dbt parsed it last is read without dbt."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.dbt_session import DbtSession
from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILES = (
    *("dbt_project.yml", "models/one.sql", "macros/one.sql", "analyses/one.sql"),
    *("tests/dbt/one.sql", "seeds/raw/one.csv", "seeds/reference/one.csv"),
)


class Session(DbtSession):
    """Notes how dbt was called, and writes what dbt would."""

    calls: Sequence[list[str]] = ()

    def _invoke(self, command: Sequence[str], *_: object) -> Any:
        self.calls = [*self.calls, list(command)]
        if "--no-write-json" not in command:
            self.manifest_path.parent.mkdir(parents=True, exist_ok=True)
            self.manifest_path.write_text("{}")
        return SimpleNamespace(exception=None, result=Manifest())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    reference = tmp_path / "seeds" / "reference"
    return replace(Settings.from_env({}), build_dir=tmp_path / "build", reference=reference)


def calls(settings: Settings) -> list[list[str]]:
    session = Session(settings, settings.build_dir.parent)
    session.manifest()
    return list(session.calls)


def test_what_did_not_change_is_not_parsed_again(settings: Settings) -> None:
    assert calls(settings) == [["parse"]]
    assert calls(settings) == []
    # What a step needs of dbt itself is parsed then, and not written a second time.
    session = Session(settings, settings.build_dir.parent)
    session._parse()
    assert session.calls == [["--no-write-json", "parse"]]
    assert calls(settings) == []


@pytest.mark.parametrize("name", FILES)
def test_what_changed_is_parsed_again(settings: Settings, name: str) -> None:
    calls(settings)
    (settings.build_dir.parent / name).write_text("otherwise")
    assert calls(settings) == [["parse"]]
    (settings.build_dir.parent / name).unlink()
    assert calls(settings) == [["parse"]]


def test_a_manifest_that_is_not_whole_is_written_again(settings: Settings) -> None:
    calls(settings)
    (settings.dbt_target_dir / "manifest.json").write_text("{")
    assert calls(settings) == [["parse"]]


def test_dbt_is_not_imported_to_read_the_project() -> None:
    asks = "import sys; from orchestration import batch; sys.exit('dbt.cli.main' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", asks], cwd=PROJECT_DIR, check=False)
    assert ended.returncode == 0
