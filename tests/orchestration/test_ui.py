"""The web page: up with the project loaded, on this machine alone, and gone when asked to go."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from orchestration import ui
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from tests.orchestration.conftest import BuildArea

PATIENCE_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, query: str, host: str | None = None) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"content-type": "application/json"} | ({"host": host} if host else {}),
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


def wait_until_up(port: int, page: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert page.poll() is None, "the web page ended by itself"
        try:
            if ask(port, "{ version }"):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the web page did not come up")


def test_the_page_shows_the_runs_and_ends_when_asked(area: BuildArea) -> None:
    port = free_port()
    page = subprocess.Popen(
        [sys.executable, "-m", "orchestration.ui", "--port", str(port)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until_up(port, page)
        nodes = ask(port, "{ assetNodes { groupName assetKey { path } } }")["assetNodes"]
        runs = ask(port, "{ runsOrError { ... on Runs { results { runId status } } } }")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask(port, "{ version }", host=f"elsewhere.example:{port}")
    finally:
        page.send_signal(signal.SIGTERM)
        told, _ = page.communicate(timeout=60)
    assert page.returncode == 0, told
    assert f"http://127.0.0.1:{port}" in told
    assert {node["groupName"] for node in nodes} == {
        "raw",
        "staging",
        "intermediate",
        "marts",
        "published",
    }
    assert {"runId": area.last_run().run_id, "status": "SUCCESS"} in runs["runsOrError"]["results"]


def test_a_port_that_is_taken_is_said_to_be_taken(
    area: BuildArea, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert ui.main(["--port", str(port)]) == 1
    assert f"Port {port} is taken" in capsys.readouterr().err
    assert area.settings.current_db.exists()
