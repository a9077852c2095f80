"""Input that cannot be used stops a batch at intake: one message, and readers notice nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from tests.orchestration.conftest import BuildArea, Ended


def assert_refused(ended: Ended, *said: str) -> None:
    assert ended.code == 1
    for text in said:
        assert text in ended.err
    assert "what to do" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.fault(
    kind="bad input",
    tried="a batch as of a day before the first delivery",
    holds="one message, no traceback, and readers see no change",
)
def test_a_day_before_the_first_batch(area: BuildArea) -> None:
    before = area.published()
    assert_refused(area.batch("--as-of", "2001-01-01"), "Stopped at intake", "2001-01-01")
    assert area.published() == before


@pytest.mark.fault(
    kind="bad input",
    tried="a reference folder that lacks a register",
    holds="one message that names it, and readers see no change",
)
def test_a_register_that_is_missing(area: BuildArea, tmp_path: Path) -> None:
    before = area.published()
    reference = tmp_path / "reference"
    shutil.copytree(PROJECT_DIR / "seeds" / "reference", reference)
    (reference / "ref_carriers.csv").unlink()
    assert_refused(area.batch("--reference", str(reference)), "ref_carriers")
    assert area.published() == before


@pytest.mark.fault(
    kind="bad input",
    tried="an assumption with a negative price",
    holds="one message that names file and line, and readers see no change",
)
def test_a_negative_premium(area: BuildArea, tmp_path: Path) -> None:
    before = area.published()
    reference = tmp_path / "reference"
    shutil.copytree(PROJECT_DIR / "seeds" / "reference", reference)
    assumptions = reference / "ref_assumptions.csv"
    text = assumptions.read_text("utf-8")
    premium = "krw_per_insured_month,150,"
    assert premium in text
    assumptions.write_text(text.replace(premium, premium.replace("150", "-150")))
    assert_refused(area.batch("--reference", str(reference)), "is negative", "ref_assumptions.csv")
    assert area.published() == before
