"""Pages of batches beside Dagster's: what is served, and what is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from orchestration import addresses, report_pages
from orchestration.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def asked(settings: Settings, path: str) -> tuple[int, bytes]:
    """Status and body of what is answered; Dagster's own answer has the status 0."""
    sent = []

    async def dagster(_scope, _receive, _send):
        sent.append({"status": 0, "body": b"dagster"})

    async def receive():
        # The browser stays; what is sent ends the answer.
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "headers": [],
        "query_string": b"",
    }
    asyncio.run(report_pages.beside(dagster, settings)(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in ("data_docs/a-run/index.html", "docs/index.html", "published/secret.duckdb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    return Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (addresses.evidence("a-run"), b"data_docs/a-run/index.html"),
        (addresses.DOCS, b"docs/index.html"),
    ],
)
def test_what_batches_wrote_is_served(settings, path, name):
    assert asked(settings, path) == (200, name)


def test_the_briefing_is_that_of_the_generation_that_readers_see(settings):
    status, body = asked(settings, addresses.BRIEFING)
    assert status == 404
    assert b"make run" in body
    settings.briefing_page.write_text("told", "utf-8")
    assert asked(settings, addresses.BRIEFING) == (200, b"told")


@pytest.mark.parametrize(
    "path",
    [
        "/reports/docs/../published/secret.duckdb",
        "/reports/evidence/../published/secret.duckdb",
        "/reports/published/secret.duckdb",
        "/reports/docs/missing.html",
    ],
)
def test_no_other_file_of_the_build_folder_is_served(settings, path):
    status, body = asked(settings, path)
    assert status == 404
    assert b"secret" not in body


def test_everything_else_is_dagsters(settings):
    assert asked(settings, "/assets") == (0, b"dagster")
    assert asked(settings, "/reportsandmore") == (0, b"dagster")
