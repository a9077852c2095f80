"""The validating process: answers, says why it cannot, and is missed when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.validator import ValidatorError, ValidatorProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def validator() -> Iterator[ValidatorProcess]:
    process = ValidatorProcess()
    yield process
    process.stop()


def test_it_judges_and_lets_go_of_the_database(validator: ValidatorProcess, tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw; create table raw.raw_lines (line_id varchar)")
    verdicts = validator("raw", database, ["raw.raw_lines", "raw.raw_nothing"])
    assert set(verdicts) == {"raw.raw_lines", "raw.raw_nothing"}
    assert all(verdict.blocking and not verdict.passed for verdict in verdicts.values())
    duckdb.connect(str(database)).close()


def test_what_it_cannot_do_is_raised_here(validator: ValidatorProcess, tmp_path: Path) -> None:
    with pytest.raises(ValidatorError, match="no layer 'gold'"):
        validator("gold", tmp_path / "warehouse.duckdb", [])


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of the validating process",
    holds="the batch learns at once that there is no verdict",
)
def test_its_death_is_no_verdict(
    validator: ValidatorProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validator.start()
    assert validator._process is not None
    validator._process.kill()
    validator._process.wait()
    monkeypatch.setattr(validator, "start", lambda: None)
    with pytest.raises(ValidatorError, match="ended without a verdict"):
        validator("raw", tmp_path / "warehouse.duckdb", [])
