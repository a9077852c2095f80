"""The briefing as a browser shows it: drawn, in both languages, on a phone and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.briefing.pages import empty_copy, rendered, sample
from tests.browser.chromium import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DRAWN = "html[data-drawn='{}']"
#: Charts without a mark: nothing was drawn, whatever the frame around it.
BARE = """() => [...document.querySelectorAll('[data-chart]')]
    .filter(chart => !chart.querySelector('svg .mark-rect path, svg .mark-symbol path, ' +
        'svg .mark-line path, svg .mark-area path'))
    .map(chart => chart.dataset.chart)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    page = tmp_path_factory.mktemp("page") / "briefing.html"
    page.write_text(rendered(sample(tmp_path_factory)), encoding="utf-8")
    return page.as_uri()


def wait(page: Page, language: str) -> None:
    page.wait_for_selector(DRAWN.format(language), timeout=60_000)


def test_every_chart_is_drawn_without_a_complaint_or_a_network(
    browser: Browser, address: str
) -> None:
    with opened(browser, address) as its:
        wait(its.page, "en")
        assert its.page.locator("[data-chart]").count() >= 15
        assert its.page.evaluate(BARE) == []
        assert its.complaints == []
        assert its.asked == [address]


def test_a_chart_that_draws_nothing_is_found(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    whole = Path(urlsplit(address).path).read_text("utf-8")
    planted = tmp_path / "planted.html"
    planted.write_text(whole.replace('"amount":', '"lost":'), "utf-8")
    with opened(browser, planted.as_uri()) as its:
        wait(its.page, "en")
        assert "refunds_by_state-0" in its.page.evaluate(BARE)


def test_the_language_changes_without_loading_and_stays_in_the_address(
    browser: Browser, address: str
) -> None:
    with opened(browser, address) as its:
        page = its.page
        wait(page, "en")
        assert page.locator("h1 .t-en").is_visible()
        page.get_by_role("button", name="한국어").click()
        wait(page, "ko")
        assert page.evaluate("document.documentElement.lang") == "ko"
        assert page.evaluate("location.hash") == "#ko"
        assert "브리핑" in page.title()
        assert page.locator("h1 .t-ko").is_visible()
        assert not page.locator("h1 .t-en").is_visible()
        assert "이동통신사만" in page.locator("#share_by_basis svg").first.text_content()
        assert its.asked == [address]
    with opened(browser, f"{address}#ko") as its:
        wait(its.page, "ko")
        assert its.page.locator("h1 .t-ko").is_visible()
        assert its.page.evaluate(BARE) == []


def test_a_figure_leads_to_its_query_and_keeps_the_language(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}#ko") as its:
        page = its.page
        wait(page, "ko")
        page.locator("#exposure .source a").click()
        assert page.locator("#sql-exposure pre").is_visible()
        assert page.evaluate("location.hash") == "#ko.sql-exposure"
        assert page.evaluate("document.documentElement.lang") == "ko"
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator("#sql-exposure .copy").click()
        page.locator("#sql-exposure .done").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator("#sql-exposure code").text_content()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_phone_need_not_scroll_sideways(browser: Browser, address: str, language: str) -> None:
    with opened(browser, f"{address}#{language}", width=375) as its:
        wait(its.page, language)
        assert its.page.evaluate(TOO_WIDE) <= 0
        its.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert its.page.evaluate(TOO_WIDE) <= 0


def test_paper_is_light_and_holds_every_chart(browser: Browser, address: str) -> None:
    with opened(browser, address, width=720, color_scheme="dark") as its:
        page = its.page
        wait(page, "en")
        dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        page.emulate_media(media="print", color_scheme="dark")
        light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (dark, light) == ("rgb(20, 24, 29)", "rgb(255, 255, 255)")
        assert page.evaluate(TOO_WIDE) <= 0
        assert page.evaluate(BARE) == []
        assert not page.locator(".languages").is_visible()
        assert len(page.pdf(format="A4")) > 20_000


def test_a_generation_without_rows_complains_of_nothing(
    browser: Browser, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = tmp_path / "empty.html"
    page.write_text(rendered(empty_copy(sample(tmp_path_factory), tmp_path)), encoding="utf-8")
    with opened(browser, page.as_uri()) as its:
        wait(its.page, "en")
        assert its.complaints == []
        assert its.page.locator(".figure .empty").count() == its.page.locator(".figure").count()
