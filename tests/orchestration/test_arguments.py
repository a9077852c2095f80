"""Options of the command line: what can mean nothing is refused, with what to do."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestration import arguments, run
from orchestration.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("scale", ["0", "-1", "much", "nan", "inf"])
def test_a_scale_is_a_number_above_zero(scale: str) -> None:
    with pytest.raises(BadInput, match="give a number above 0"):
        arguments.parse([f"--scale={scale}"])


def test_a_scale_brings_the_scenario_of_the_project() -> None:
    chosen = arguments.parse(["--scale", "0.01"])
    assert chosen.scale == Decimal("0.01")
    assert chosen.scenario is not None
    assert chosen.scenario.is_file()


def test_scale_and_landing_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="contradict"):
        arguments.parse(["--scale", "1", "--landing", str(tmp_path)])


def test_a_scenario_needs_a_scale(tmp_path: Path) -> None:
    scenario = tmp_path / "other.yaml"
    scenario.touch()
    with pytest.raises(BadInput, match="give SCALE too"):
        arguments.parse(["--scenario", str(scenario)])


@pytest.mark.parametrize("option", ["--landing", "--reference"])
def test_a_folder_has_to_be_there(option: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=str(tmp_path / "nowhere")):
        arguments.parse([option, str(tmp_path / "nowhere")])


def test_a_scenario_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="SCENARIO is no file"):
        arguments.parse(["--scale", "1", "--scenario", str(tmp_path / "nowhere.yaml")])


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(BadInput, match="whole number"):
        arguments.parse(["--scale", "1", "--seed", "lucky"])


def test_options_become_settings(tmp_path: Path) -> None:
    chosen = arguments.parse(["--landing", str(tmp_path), "--as-of", "2026-01-03"])
    assert chosen.environment == {
        "AFTERMATH_LANDING": str(tmp_path),
        "AFTERMATH_AS_OF": "2026-01-03",
    }


def test_a_refusal_is_a_message_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--scale", "0"]) == 1
    told = capsys.readouterr().err
    assert "SCALE=0 is no scale" in told
    assert "what to do" in told
    assert "Traceback" not in told
