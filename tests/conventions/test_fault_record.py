"""The record of faults is made of outcomes, whoever ran the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests import fault_record
from tests.fault_record import NOT_SURVIVED, SURVIVED, Fault, Outcomes

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = """
import pytest
@pytest.mark.fault(kind="crash", tried="kill -9 " "in dbt", holds="readers see a|b")
@pytest.mark.parametrize("layer", ["raw", "marts"])
def test_a_kill_changes_nothing(layer): ...
"""
TEST = "tests/unit/test_kills.py::test_a_kill_changes_nothing"


def report(when: str, outcome: Any, test: str = TEST) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=f"{test}[raw]",
        location=("", 0, ""),
        keywords={},
        outcome=outcome,
        longrepr=None,
        when=when,  # type: ignore[arg-type]
        user_properties=[("fault", test)],
    )


def test_markers_are_read_without_running_anything() -> None:
    assert fault_record.all_faults({"tests/unit/test_kills.py": PLANTED}) == [
        Fault(kind="crash", test=TEST, tried="kill -9 in dbt", holds="readers see a|b")
    ]


@pytest.mark.parametrize("spoilt", ['kind="luck"', 'kind="crash", why="x"', "kind=KIND"])
def test_a_marker_that_cannot_be_read_is_refused(spoilt: str) -> None:
    with pytest.raises(ValueError, match="a fault has kind"):
        fault_record.faults_of("tests/unit/x.py", PLANTED.replace('kind="crash"', spoilt))


@pytest.mark.parametrize(
    ("reports", "outcome"),
    [
        ([("setup", "passed"), ("call", "passed"), ("teardown", "passed")], SURVIVED),
        ([("setup", "passed"), ("call", "failed"), ("teardown", "passed")], NOT_SURVIVED),
        ([("call", "failed"), ("call", "passed")], NOT_SURVIVED),
        ([("call", "passed"), ("teardown", "failed")], NOT_SURVIVED),
        ([("setup", "failed")], NOT_SURVIVED),
        ([("setup", "skipped"), ("call", "passed")], "skipped"),
    ],
)
def test_one_bad_report_is_the_outcome(
    reports: list[tuple[str, str]], outcome: str, tmp_path: Path
) -> None:
    outcomes = Outcomes()
    for when, each in reports:
        outcomes.add(report(when, each))
    outcomes.keep(path := tmp_path / "build" / "faults.json")
    assert f'"{TEST}": "{outcome}"' in path.read_text()
    other = Outcomes()
    other.add(report("call", "passed", "tests/unit/other.py::test_another_fault_is_planted"))
    other.keep(path)
    assert path.read_text().count("::") == 2


def test_the_page_says_what_was_not_survived_and_keeps_the_soak() -> None:
    faults = fault_record.all_faults({"tests/unit/test_kills.py": PLANTED})
    page = fault_record.page(faults, {TEST: NOT_SURVIVED}, "Seven kills.\n")
    assert "Faults tried: 1, survived: 0." in page
    assert "| kill -9 in dbt | readers see a\\|b |" in page
    assert page.count(NOT_SURVIVED) == 1
    assert fault_record.soak_section(page) == "Seven kills.\n" or fault_record.SOAK.exists()
