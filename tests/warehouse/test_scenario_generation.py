"""A generation is whole or not there, the same for the same parameters, and says what it lacks."""

from __future__ import annotations

import hashlib
import shutil
from collections import namedtuple
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from scenarios import generate as command
from scenarios.generator import delivery, generation
from scenarios.generator.scenario import ScenarioError
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import truth

if TYPE_CHECKING:
    from pathlib import Path

SCALE = "0.001"


def checksums(folder: Path) -> dict[str, str]:
    """Checksum of every file below a folder."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generation, made where one that was killed had left its half; not to be changed."""
    out = tmp_path_factory.mktemp("generation") / "held"
    left = out.with_name(".held.unfinished") / "landing"
    left.mkdir(parents=True)
    (left / "half.parquet").write_bytes(b"PAR1")
    assert generation.generate(out, SCALE, quiet=True)
    return out


@pytest.fixture(scope="module")
def replaced(held: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, and then another seed in its place."""
    out = tmp_path_factory.mktemp("replaced") / "held"
    shutil.copytree(held, out)
    assert generation.generate(out, SCALE, seed=7, quiet=True)
    return out


def test_the_same_parameters_give_the_same_bytes_whatever_the_threads(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """At a scale at which rows are made by several threads."""
    several = truth.at_scale(folder_of_the_test_run(tmp_path_factory) / "scenario", "0.01")
    out = tmp_path / "one"
    generation.generate(out, "0.01", quiet=True, threads=1)
    assert checksums(out) == checksums(several.folder)


def test_a_generation_that_is_there_is_not_made_again(held: Path) -> None:
    before = (held / generation.MARKER).stat().st_mtime_ns
    assert not generation.generate(held, SCALE, quiet=True)
    assert (held / generation.MARKER).stat().st_mtime_ns == before


def test_what_a_killed_generation_left_is_cleared_away(held: Path) -> None:
    assert [path.name for path in held.parent.iterdir()] == [held.name]
    assert not list(held.rglob("half.parquet"))


def test_another_seed_replaces_the_generation(replaced: Path) -> None:
    found = generation.held(replaced)
    assert found is not None
    assert found.seed == 7


def test_another_seed_gives_other_rows_and_the_same_figures(held: Path, replaced: Path) -> None:
    first, other = truth.Generated(held), truth.Generated(replaced)
    assert checksums(other.landing) != checksums(first.landing)
    assert other.planted["bad_rows"] == first.planted["bad_rows"]
    ports = (
        "select count(*) from {} where status = 'completed' and donor_carrier = 'KT'"
        " and processed_on = date '2026-01-03'"
    )
    assert other.value(ports.format(other.good("port_requests", "port_id"))) == first.value(
        ports.format(first.good("port_requests", "port_id"))
    )


def test_a_generation_that_was_stopped_is_never_taken_for_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "stopped"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery, "manifests", stop)
    with pytest.raises(KeyboardInterrupt):
        generation.generate(out, SCALE, quiet=True)
    assert not out.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    with pytest.raises(ScenarioError, match="no generation"):
        generation.generate(tmp_path, SCALE, quiet=True)
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("scale", ["0", "-0.1", "0.0", "much", "", "nan", "1/0", "inf"])
def test_a_scale_that_is_no_positive_number_is_refused(
    scale: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = command.main([f"--scale={scale}", f"--out={tmp_path / 'out'}"])
    message = capsys.readouterr().err
    assert code == 2
    assert f"scale {scale!r}" in message
    assert "give a" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("scale", "share"), [("1/100", 0.01), ("1", 1), ("3", 1), ("5/2", 1)])
def test_an_export_holds_no_more_than_all(scale: str, share: float) -> None:
    assert delivery.sample_rate(Fraction(scale)) == share


def test_a_scale_that_leaves_no_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="without lines"):
        generation.generate(tmp_path / "out", "0.000001", quiet=True)


def test_a_full_disk_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**6))
    with pytest.raises(ScenarioError, match=r"0\.0 GB free.* needs 3\.\d GB"):
        generation.generate(tmp_path / "out", "1", quiet=True)


def test_a_scenario_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.yaml cannot be read"):
        generation.generate(
            tmp_path / "out", SCALE, scenario_file=tmp_path / "nowhere.yaml", quiet=True
        )


def test_a_register_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"ref_carriers\.csv cannot be read"):
        generation.generate(tmp_path / "out", SCALE, reference=tmp_path, quiet=True)
