"""Which generation a batch is compared with, and what of the others its books carry on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import candidate, generation_history, publishing
from orchestration.settings import Settings
from tests.unit.publisher import FACTS, build_candidate

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND, THIRD, FOURTH = (dt.date(2026, 1, day) for day in (1, 2, 3, 4))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a build directory of the test's own."""
    return replace(Settings.from_env({}), build_dir=tmp_path / "build", keep_generations=9)


def publish(settings: Settings, as_of: dt.date) -> str:
    build_candidate(settings, 1)
    name = publishing.new_generation_id(settings)
    publishing.publish(settings, name, {**FACTS, "as_of_date": as_of, candidate.BOOK_FACT: "A"})
    return name


def measure(settings: Settings, as_of: dt.date) -> tuple[str, list[str]]:
    """What a batch is compared with, and the generations that its books carry on beside it."""
    found = generation_history.before(settings, "A", as_of)
    assert found is not None
    return found.generation_id, [each.generation_id for each in found.later]


def test_the_first_batch_of_its_books_has_none_before_it(settings: Settings) -> None:
    assert generation_history.before(settings, "A", FIRST) is None
    publish(settings, SECOND)
    assert generation_history.before(settings, "A", FIRST) is None
    assert generation_history.before(settings, "B", SECOND) is None


@pytest.mark.fault(
    kind="roll-back",
    tried="a generation is rolled back, an earlier day is published, and then a day after both",
    holds="what was taken from readers is no measure again, and the books are known to carry it on",
)
def test_what_was_withdrawn_is_no_measure_again(settings: Settings) -> None:
    first, bad = publish(settings, FIRST), publish(settings, THIRD)
    publishing.make_current(settings, first)
    assert measure(settings, FOURTH) == (first, [bad])
    second = publish(settings, SECOND)
    assert measure(settings, FOURTH) == (second, [])
    assert measure(settings, FIRST) == (first, [bad, second])


def test_a_roll_back_that_is_taken_back_leaves_nothing_withdrawn(settings: Settings) -> None:
    first, second = publish(settings, FIRST), publish(settings, SECOND)
    publishing.make_current(settings, first)
    publishing.make_current(settings, second)
    assert measure(settings, FOURTH) == (second, [])
