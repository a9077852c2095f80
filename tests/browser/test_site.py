"""The site as a browser shows it from a file: its pages, its search, and no network."""

from __future__ import annotations

import shutil
import stat
from typing import TYPE_CHECKING

import pytest

from documentation import build
from orchestration import file_modes
from orchestration.settings import Settings
from tests import batch_on_the_sample
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.browser.chromium import opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the published sample; its first page."""
    published = batch_on_the_sample.published(folder_of_the_test_run(tmp_path_factory))
    folder = tmp_path_factory.mktemp("site") / "build"
    shutil.copytree(published, folder, symlinks=True)
    return build.build(Settings.from_env({"AFTERMATH_BUILD_DIR": str(folder)}))


def test_others_on_the_machine_cannot_read_it(site: Path) -> None:
    assert site.parent.joinpath("briefing.html").exists()
    assert stat.S_IMODE(site.parent.stat().st_mode) == file_modes.INTERNAL_FOLDER


def test_the_start_page_leads_to_everything(browser: Browser, site: Path) -> None:
    generation = (site.parents[1] / "published/current.duckdb").resolve().stem
    with opened(browser, site.as_uri()) as its:
        assert generation in its.page.locator("article").inner_text()
        links = its.page.locator("article a:not(.headerlink)").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        assert {"briefing.html", "models/index.html", "evidence/index.html"} <= set(links)
        for link in links:
            assert (site.parent / link.partition("#")[0]).exists(), link
        assert its.complaints == []
        assert all(address.startswith("file:") for address in its.asked)


def test_the_search_finds_a_page_without_a_server(browser: Browser, site: Path) -> None:
    with opened(browser, site.as_uri()) as its:
        its.page.locator(".md-search__input").click()
        its.page.keyboard.type("chain ladder")
        found = its.page.locator(".md-search-result__item")
        found.first.wait_for(timeout=20_000)
        assert "Ultimates" in " ".join(found.all_inner_texts())
        its.page.keyboard.press("Control+A")
        its.page.keyboard.type("zzzzqqqq")
        its.page.get_by_text("No matching documents").wait_for(timeout=20_000)
        assert all(address.startswith("file:") for address in its.asked)


def test_the_picture_of_the_architecture_is_shown(browser: Browser, site: Path) -> None:
    page = site.parent / "docs" / "architecture.html"
    with opened(browser, page.as_uri()) as its:
        wide = its.page.evaluate("() => document.querySelector('article img').naturalWidth")
        assert wide > 0
        assert its.complaints == []


def test_the_models_are_shown_from_the_file(browser: Browser, site: Path) -> None:
    page = site.parent / "models" / "index.html"
    with opened(browser, f"{page.as_uri()}#!/model/model.aftermath.fct_deactivations") as its:
        its.page.get_by_text("tenure_months").first.wait_for(timeout=60_000)
        # dbt's page complains of icons that it asks for before it knows their names.
        assert all(address.startswith(("file:", "data:")) for address in its.asked)
