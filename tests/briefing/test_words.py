"""Both languages say the same things, and nothing that no figure asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import briefing
from briefing import figures, formats, words
from orchestration import analyses

SPOKEN = {language: words.read(language) for language in words.LANGUAGES}
FOLDER = Path(str(briefing.__file__)).parent
CODE = "".join(
    path.read_text("utf-8") for path in FOLDER.iterdir() if path.suffix in {".py", ".j2"}
)
ASKED = analyses.read(figures.FOLDER)
COLUMNS = {column for each in ASKED for column in each.columns}


def unused(texts: dict[str, str]) -> set[str]:
    """Keys that no code, template or query leads to."""
    return {key for key in texts if not _is_used(*key.split("."))}


def _is_used(group: str, name: str, leaf: str = "") -> bool:
    if group == "codes":
        return name in COLUMNS
    if group == "columns":
        return name in COLUMNS or f'words("columns.{name}")' in CODE
    if group == "figures":
        return name in figures.FIGURES and f'".{leaf}"' in CODE
    if group == "headline":
        headline = next(each for each in ASKED if each.name == figures.HEADLINE)
        return f"'{name}'" in headline.sql and f'".{leaf}"' in CODE
    return re.search(rf"\b{name}\b", CODE) is not None


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_both_languages_have_the_same_keys() -> None:
    assert set(SPOKEN["en"].texts) - units() == set(SPOKEN["ko"].texts) - units()


def units() -> set[str]:
    """Names of steps, which are not the same: thousands and ten thousands."""
    return {f"units.{name}" for steps in formats.STEPS.values() for _, name in steps}


def test_both_languages_put_the_same_facts_into_a_text() -> None:
    for key in set(SPOKEN["en"].texts) - units():
        english, korean = (placeholders(its.texts[key]) for its in SPOKEN.values())
        assert english == korean, key


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_word_is_left_unused(language: str) -> None:
    assert unused(SPOKEN[language].texts) == set()


def test_a_word_that_nobody_asks_for_is_found() -> None:
    planted = ("page.nobody", "columns.nobody", "codes.nobody.x", "figures.timeline.nobody")
    assert unused(dict.fromkeys((*planted, "page.sample"), "")) == set(planted)


def test_a_code_of_another_incident_stands_for_itself() -> None:
    assert SPOKEN["ko"].of_code("event_kind", "power_cut") == "power cut"
    assert SPOKEN["ko"].of_code("event_kind", "reported") == "신고"


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("en", 77_074_235, "77.1 million won"),
        ("en", 1_000_000_000_000, "1.00 trillion won"),
        ("en", 426_830, "427 thousand won"),
        ("en", 0, "0 won"),
        ("en", -2_500_000, "-2.50 million won"),
        ("ko", 77_074_235, "7,707만 원"),
        ("ko", 77_074_235_000, "771억 원"),
        ("ko", 9_999, "9,999원"),
        ("en", None, "not known"),
    ],
)
def test_won_is_written_in_the_steps_of_the_language(
    language: str, amount: int | None, written: str
) -> None:
    assert formats.won(SPOKEN[language], amount) == written


def test_a_text_is_shown_as_it_is_registered() -> None:
    assert SPOKEN["en"].of_code("statement", "They set a_b to 3") == "They set a_b to 3"
