"""The web page answers to this machine's own name only."""

from __future__ import annotations

import asyncio
import inspect
import re

import pytest
from dagster_webserver import cli as server

from orchestration import loopback_server, ui

OWN = [
    [(b"host", b"127.0.0.1:3000")],
    [(b"Host", b"localhost:3000"), (b"Origin", b"http://localhost:3000")],
    [(b"host", b"[::1]")],
]
FOREIGN = [
    [],
    [(b"host", b"evil.example:3000")],
    [(b"host", b"127.0.0.1.evil.example")],
    [(b"host", b"127.0.0.1:3000@evil.example")],
    [(b"host", b"localhost"), (b"host", b"evil.example")],
    [(b"host", b"127.0.0.1:3000"), (b"origin", b"http://evil.example:3000")],
    [(b"host", b"127.0.0.1:3000"), (b"origin", b"null")],
    [(b"host", b"127.0.0.1:3000"), (b"origin", b"http://127.0.0.1:8080")],
    [(b"host", b"0.0.0.0:3000")],
]


def served(kind, headers):
    """What reaches the application, and what is sent instead of its answer."""
    reached, sent = [], []

    async def application(scope, _receive, _send):
        reached.append(scope["type"])

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "headers": headers}
    asyncio.run(loopback_server.guarded(application)(scope, None, send))
    return reached, sent


@pytest.mark.parametrize("headers", OWN)
def test_a_request_in_the_own_name_is_served(headers):
    assert served("http", headers) == (["http"], [])
    assert served("websocket", headers) == (["websocket"], [])


@pytest.mark.fault(
    kind="hostile input",
    tried="a web page elsewhere lets its name point to this machine, or posts from its own origin, "
    "to start runs in the browser of the person who has the page open",
    holds="requests and web sockets in another name or of another origin get no further than 403",
)
@pytest.mark.parametrize("headers", FOREIGN)
def test_a_request_in_another_name_goes_no_further(headers):
    reached, sent = served("http", headers)
    assert reached == []
    assert sent[0]["status"] == 403
    reached, sent = served("websocket", headers)
    assert reached == []
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_the_start_of_the_application_is_let_through():
    assert served("lifespan", []) == (["lifespan"], [])


def test_the_guard_is_put_where_the_server_makes_its_application(monkeypatch):
    made = []
    monkeypatch.setattr(server, "create_app_from_workspace_process_context", lambda: "app")
    monkeypatch.setattr(
        server, "main", lambda: made.append(server.create_app_from_workspace_process_context())
    )
    loopback_server.main()
    assert made[0].__qualname__.startswith("guarded")
    host = inspect.getsource(server.host_dagster_ui_with_workspace_process_context)
    assert "create_app_from_workspace_process_context(" in host


def test_no_option_of_the_page_opens_it(capsys):
    for option in ("--host", "-h 0.0.0.0", "--address"):
        with pytest.raises(SystemExit):
            ui.main(option.split())
    capsys.readouterr()
    source = inspect.getsource(ui)
    assert set(re.findall(r"\d+\.\d+\.\d+\.\d+", source)) == {"127.0.0.1"}
    assert "orchestration.loopback_server" in source
