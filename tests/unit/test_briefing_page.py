"""The page of a generation comes after it, goes with it, and is never that of another one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import briefing_page, publishing
from tests.unit.publisher import publish, settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.publishing import Generation
    from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(
        briefing_page, "_render", lambda _, generation: f"page of {generation.generation_id}"
    )
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", str(tmp_path / "build"))
    return settings_for(tmp_path / "build")


def newest(settings: Settings) -> Generation:
    return publishing.generations(settings)[-1]


def with_page(settings: Settings, number: int) -> Generation:
    publish(settings, number)
    briefing_page.write(settings, newest(settings))
    return newest(settings)


def shown(settings: Settings) -> str:
    """What readers find; empty for no page."""
    page = settings.briefing_page
    return page.read_text("utf-8") if page.exists() else ""


def test_readers_find_the_page_of_the_generation_they_see(settings: Settings) -> None:
    first = with_page(settings, 1)
    assert shown(settings) == f"page of {first.generation_id}"
    assert first.briefing_path.stat().st_mode & 0o777 == 0o440
    assert not list(settings.work_dir.glob("*.html"))
    second = with_page(settings, 2)
    assert shown(settings) == f"page of {second.generation_id}"


def test_a_page_is_written_over_while_readers_look_at_it(settings: Settings) -> None:
    first = with_page(settings, 1)
    with settings.briefing_page.open(encoding="utf-8") as reader:
        briefing_page.write(settings, first)
        assert reader.read() == shown(settings)


@pytest.mark.fault(
    kind="crash",
    tried="a run dies after publishing and before the page of its generation stands",
    holds="readers find the new generation and no page rather than that of the one before; the "
    "page is made from the published file at any time",
)
def test_without_its_page_a_generation_has_none_of_another(settings: Settings) -> None:
    with_page(settings, 1)
    publish(settings, 2)
    assert settings.current_db.resolve() == newest(settings).path
    assert not settings.briefing_page.is_symlink()
    assert briefing_page.main() == 0
    assert shown(settings) == f"page of {newest(settings).generation_id}"


@pytest.mark.fault(
    kind="roll-back",
    tried="readers return to an older generation, with a page and without one",
    holds="the page they find is that of the generation they see, or none",
)
def test_the_page_follows_readers_back(settings: Settings) -> None:
    settings = replace(settings, keep_generations=3)
    first = with_page(settings, 1)
    publish(settings, 2)
    second = newest(settings)
    with_page(settings, 3)
    publishing.make_current(settings, first.generation_id)
    assert shown(settings) == f"page of {first.generation_id}"
    publishing.make_current(settings, second.generation_id)
    assert shown(settings) == ""


def test_a_page_beside_the_readers_moves_nobody(settings: Settings) -> None:
    first = with_page(settings, 1)
    publish(settings, 2)
    second = newest(settings)
    publishing.make_current(settings, first.generation_id)
    briefing_page.write(settings, replace(second, is_current=False))
    assert shown(settings) == f"page of {first.generation_id}"


def test_a_page_goes_with_its_generation(settings: Settings) -> None:
    made = [with_page(settings, number) for number in (1, 2, 3)]
    assert [each.briefing_path.exists() for each in made] == [False, True, True]
    made[1].path.unlink()
    publishing.recover(settings)
    assert [each.briefing_path.exists() for each in made] == [False, False, True]


def test_a_page_that_cannot_be_made_leaves_the_one_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = with_page(settings, 1)

    def fail(*_: object) -> str:
        raise ValueError("no such mark")

    monkeypatch.setattr(briefing_page, "_render", fail)
    with pytest.raises(ValueError, match="no such mark"):
        briefing_page.write(settings, first)
    assert shown(settings) == f"page of {first.generation_id}"


def test_before_the_first_generation_the_command_says_what_to_do(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not publishing.generations(settings)
    assert briefing_page.main() == 1
    assert "make run" in capsys.readouterr().err
