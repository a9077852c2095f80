"""Dagster's page as somebody on call sees it: what ran, what failed and why, where the report is.

With AFTERMATH_SCREENSHOTS set to a folder the pages are kept as pictures.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import addresses
from orchestration.settings import PROJECT_DIR
from tests.browser.chromium import opened
from tests.orchestration.test_gates_block import FAULTS, spoil
from tests.orchestration.test_ui import free_port, wait_until_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from playwright.sync_api import Browser, Page

    from tests.orchestration.conftest import BuildArea

PATIENCE = 60_000


@contextmanager
def served() -> Iterator[str]:
    """The page of the build directory of the environment; its address."""
    port = free_port()
    command = [sys.executable, "-m", "orchestration.ui", "--port", str(port)]
    page = subprocess.Popen(
        command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_until_up(port, page)
        yield f"http://127.0.0.1:{port}"
    finally:
        page.send_signal(signal.SIGTERM)
        page.communicate(timeout=60)


def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("AFTERMATH_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_what_ran_what_failed_and_where_the_report_is(
    area: BuildArea, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = FAULTS[2]
    published_in = area.last_run().run_id
    with monkeypatch.context() as planted:
        spoil(planted, fault)
        _, failed_run = area.layers(fault.layer, fault.table)
    schema, table = fault.table.split(".")
    with served() as address:
        with opened(browser, f"{address}/locations/aftermath/asset-groups/published") as its:
            for asset in ("restatements", "current", "briefing"):
                its.page.get_by_text(asset, exact=True).first.wait_for(timeout=PATIENCE)
            keep(its.page, "asset_graph")

        with opened(browser, f"{address}/assets/published/briefing?view=overview", 1440) as its:
            page = its.page
            page.get_by_text("gate_marts").first.wait_for(timeout=PATIENCE)
            page.get_by_text("published claims").first.wait_for(timeout=PATIENCE)
            drawn = page.locator("img[alt='Lines lost by day']").first
            drawn.wait_for(timeout=PATIENCE)
            assert drawn.evaluate("image => image.naturalWidth") > 0
            keep(page, "last_batch")
            for link in (addresses.BRIEFING, addresses.evidence(published_in)):
                assert page.locator(f"a[href='{link}']").count() >= 1
                answer = page.request.get(address + link)
                assert answer.ok, f"{link}: {answer.status}"

        with opened(browser, f"{address}/runs/{failed_run}", 1440) as its:
            its.page.get_by_text(f"gate_{fault.layer}").first.wait_for(timeout=PATIENCE)
            its.page.get_by_text("Failure").first.wait_for(timeout=PATIENCE)
            its.page.get_by_text("Loading run logs").wait_for(state="hidden", timeout=PATIENCE)
            keep(its.page, "failed_run")

        checks = f"{address}/assets/{schema}/{table}?view=checks&checkDetail=expectations"
        with opened(browser, checks, 1440) as its:
            its.page.get_by_text("Failed", exact=True).first.wait_for(timeout=PATIENCE)
            its.page.get_by_text(fault.rule).first.wait_for(timeout=PATIENCE)
            evidence = addresses.evidence(failed_run)
            assert its.page.locator(f"a[href='{evidence}']").count() >= 1
            keep(its.page, "shut_gate")
            answer = its.page.request.get(address + evidence)
            assert answer.ok
            assert fault.rule in answer.text()
