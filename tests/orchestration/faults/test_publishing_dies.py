"""Publishing that dies, or cannot write: readers have a whole generation at any time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR
from tests.unit import publisher

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULT_POINTS = Path(__file__).with_name("fault_points.py")


def outcomes(what: str, build_dir: Path) -> Iterator[dict[str, Any]]:
    """What every child left behind."""
    done = subprocess.run(
        [sys.executable, FAULT_POINTS, what, build_dir],
        env={"PYTHONPATH": str(PROJECT_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return map(json.loads, done.stdout.splitlines())


def assert_every_step_is_survived(what: str, build_dir: Path, numbers: set[int]) -> list[str]:
    """Check what readers saw after each death; returns the calls in front of which it came."""
    died_before = []
    ends = 0
    for told in outcomes(what, build_dir):
        if "step" in told:
            died_before.append(told["before"])
            continue
        before, after = told["before"], told["after"]
        assert after["number"] in numbers
        assert f"{after['current']}.duckdb" in after["names"]
        kept = before["sums"].keys() & after["sums"].keys()
        assert before["current"] in kept, "the generation that readers saw is gone"
        assert {each: before["sums"][each] for each in kept} == {
            each: after["sums"][each] for each in kept
        }
        # What a killed one left in the folder is gone with the next publication.
        assert not [name for name in before["names"] if name.startswith(".")]
        assert told["code"] in {0, -9}
        ends += told["code"] == 0
    assert ends == 1, "it never got to its end"
    return died_before


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of publishing in front of every call that changes a folder: before the rename, "
    "between rename and link, between link and cleaning",
    holds="readers open the old or the new generation whole, no byte of either has changed, and "
    "the next batch publishes and removes what was left",
)
def test_publishing_may_die_at_every_step(tmp_path: Path) -> None:
    died = assert_every_step_is_survived("publish", tmp_path / "build", {1, 2})
    assert died.count("rename") == died.count("symlink") == 2, "a file and a link for either reader"
    assert died[-1] == "unlink", "retention comes last"


@pytest.mark.fault(
    kind="roll-back",
    tried="kill -9 of a roll-back in front of every call that changes a folder",
    holds="readers open either generation whole, and nothing is removed",
)
def test_a_roll_back_may_die_at_every_step(tmp_path: Path) -> None:
    died = assert_every_step_is_survived("rollback", tmp_path / "build", {1})
    assert died.count("symlink") == 2
    assert "unlink" not in died


@pytest.mark.fault(
    kind="crash",
    tried="a disk that fills up while the candidate is completed for publishing",
    holds="publishing refuses with one message, the current generation stays as it was, and with "
    "room again the same candidate can be built and published",
)
def test_a_full_disk_stops_publishing_and_changes_nothing(tmp_path: Path) -> None:
    build_dir = tmp_path / "build"
    refused = []
    for told in outcomes("full", build_dir):
        assert told["after"]["number"] == (1 if told["refused"] else 2)
        refused.append(told["refused"])
    assert any(refused), "the fault is not planted: no limit was in the way"
    for text in filter(None, refused):
        assert "what to do" in text
        assert "current generation stays" in text or "run the batch again" in text
    settings = publisher.settings_for(build_dir)
    publisher.publish(settings, 3)
    with duckdb.connect(str(settings.current_db), read_only=True) as connection:
        assert publisher.check(connection) == 3
