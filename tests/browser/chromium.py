"""A real browser for tests: Chromium of the machine, driven by Playwright, without a network.

Belongs here: finding it, opening pages in it, and what it complained of. Does not belong here: what
a page has to show.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@dataclass
class Opened:
    """A page with what the browser said of it: complaints, and addresses asked beyond its own."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def executable() -> str:
    """Find Chromium; a test that needs it is skipped without one, but for CI, where it fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "Chromium is not installed: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return found


@contextmanager
def started() -> Iterator[Browser]:
    """Start the browser of the machine."""
    path = executable()
    with sync_playwright() as playwright:
        # Its sandbox needs rights that a container does not give.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, address: str, width: int = 1280, **options: str) -> Iterator[Opened]:
    """Open an address in a window of this width; `options` are those of a page of Playwright."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    its = Opened(page)
    page.on("console", lambda said: its.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: its.complaints.append(f"error: {error}"))
    page.on("request", lambda request: its.asked.append(request.url))
    try:
        page.goto(address)
        yield its
    finally:
        page.close()
