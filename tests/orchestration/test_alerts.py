"""Alerts: who is told, once per cause, and what happens when nobody listens."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from orchestration import alert_causes, alerts, clock, watch, webhook
from orchestration.alerts import Alert, Broken
from orchestration.errors import BadInput
from orchestration.settings import Settings
from tests.unit import standings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GATE = Alert(
    cause="batch:gate_marts:churn.x:rule",
    title="Stopped at the gate of the marts layer.",
    remedy="look at the page.",
    broken=(Broken("churn.x", "a rule", 12, "12 rows"),),
    as_of="2026-01-03",
    run_id="a-run",
    page="http://127.0.0.1:3000/runs/a-run",
)


class Listener:
    """A server on this machine that keeps what is posted and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.delay = 0.0
        self.address = ""


@contextmanager
def listening(port: int = 0) -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            time.sleep(listener.delay)
            code = listener.answers.pop(0) if listener.answers else 200
            if code == 200:
                listener.got.append(json.loads(body))
            self.send_response(code)
            if code == 302:
                self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    listener.address = f"http://127.0.0.1:{server.server_port}/hook/s3cret"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setattr(webhook.post, "__kwdefaults__", {"timeout": 0.3, "pause": 0.01})
    with listening() as found:
        yield found


@pytest.fixture
def settings(tmp_path: Path, listener: Listener) -> Settings:
    return replace(Settings.from_env({}), build_dir=tmp_path, alert_webhook=listener.address)


def lines(settings: Settings) -> list[dict[str, Any]]:
    return [json.loads(line) for line in alerts.log_file(settings).read_text().splitlines()]


@pytest.mark.fault(
    kind="alert",
    tried="the same failure night after night, then a batch that is published",
    holds="one alert per cause to file and webhook, and a notice when it is resolved",
)
def test_one_alert_per_cause_until_it_is_resolved(settings: Settings, listener: Listener) -> None:
    assert alerts.raise_alert(settings, GATE)
    assert not alerts.raise_alert(settings, replace(GATE, run_id="the-next-night"))
    assert alerts.raise_alert(settings, replace(GATE, cause="batch:intake:other"))
    assert alerts.resolve(settings, "freshness") == 0
    assert alerts.resolve(settings, "batch") == 2
    assert alerts.raise_alert(settings, GATE), "after it was resolved it is news"

    states = [notice["state"] for notice in listener.got]
    assert states == ["raised", "raised", "resolved", "resolved", "raised"]
    assert lines(settings) == listener.got
    first = listener.got[0]
    assert first["broken"] == [
        {"table": "churn.x", "rule": "a rule", "rows": 12, "observed": "12 rows"}
    ]
    for part in ("As of 2026-01-03", "churn.x: a rule, 12 rows", "look at the page", GATE.page):
        assert part in first["text"]


@pytest.mark.fault(
    kind="alert",
    tried="a webhook that is down, answers 500, is too slow, or sends elsewhere",
    holds="the run goes on, the file has the alert, it is posted later, nothing names the address",
)
def test_an_alert_that_cannot_be_posted_waits(
    settings: Settings, listener: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    listener.answers = [500, 503]
    assert alerts.raise_alert(settings, GATE)
    assert len(listener.got) == 1, "the third try counts"

    listener.answers = [302]
    alerts.raise_alert(settings, replace(GATE, cause="batch:redirect"))
    listener.delay = 0.5
    begun = time.monotonic()
    assert alerts.flush(settings) == 1
    assert time.monotonic() - begun < 3
    listener.delay = 0.0
    down = replace(settings, alert_webhook="http://127.0.0.1:9/hook/s3cret")
    alerts.raise_alert(down, replace(GATE, cause="batch:down"))
    assert len(lines(settings)) == 3

    assert alerts.flush(settings) == 0
    # A server that was too slow may have taken it all the same: the id tells it twice from twice.
    once = {notice["id"]: notice["cause"] for notice in listener.got}
    assert list(once.values()) == [GATE.cause, "batch:redirect", "batch:down"]
    told = capsys.readouterr().err
    for part in ("the server answered 302", "no answer (TimeoutError)", "no connection"):
        assert part in told
    assert "s3cret" not in told + repr(settings) + alerts.log_file(settings).read_text()


def test_a_notice_that_is_refused_holds_up_no_other(settings: Settings, listener: Listener) -> None:
    listener.answers = [403]
    alerts.raise_alert(settings, replace(GATE, cause="batch:refused"))
    listener.answers = [403, 200]
    alerts.raise_alert(settings, replace(GATE, cause="batch:disaster"))
    assert [notice["cause"] for notice in listener.got][-1:] == ["batch:disaster"]
    assert alerts.flush(settings) == 0


def test_a_published_batch_closes_no_alert_of_a_later_day_or_of_another_job(
    settings: Settings,
) -> None:
    for cause, day in (
        ("batch:a", "2026-01-03"),
        ("batch:b", "2026-01-05"),
        ("job equality:c", ""),
    ):
        alerts.raise_alert(settings, replace(GATE, cause=cause, as_of=day))
    alerts.resolve(settings, "batch", known_to="2026-01-04")
    assert set(alerts.open_causes(settings)) == {"batch:b", "job equality:c"}


def test_an_answer_that_says_no_for_good_is_not_asked_again(listener: Listener) -> None:
    listener.answers = [403, 200]
    assert webhook.post(listener.address, {}) == ("the server answered 403", True)
    assert listener.answers == [200]


@pytest.mark.parametrize(
    ("address", "is_accepted"),
    [
        ("https://chat.example.com/hook", True),
        ("http://127.0.0.1:9000/hook", True),
        ("http://[::1]:9000/hook", True),
        ("", True),
        ("http://chat.example.com/s3cret", False),
        ("http://127.0.0.1.example.com/s3cret", False),
        ("file:///etc/s3cret", False),
        ("https:///s3cret", False),
    ],
)
def test_an_address_is_encrypted_or_on_this_machine(address: str, is_accepted: bool) -> None:
    given = {"AFTERMATH_ALERT_WEBHOOK": address}
    if is_accepted:
        assert Settings.from_env(given).alert_webhook == address
        return
    with pytest.raises(ValueError, match="AFTERMATH_ALERT_WEBHOOK") as caught:
        Settings.from_env(given)
    assert "s3cret" not in str(caught.value)


def test_the_file_stays_bounded_and_survives_being_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(Settings.from_env({}), build_dir=tmp_path)
    monkeypatch.setattr(alerts, "LINES_KEPT", 3)
    for number in range(5):
        alerts.raise_alert(settings, replace(GATE, cause=f"batch:{number}"))
    assert [notice["cause"] for notice in lines(settings)] == ["batch:2", "batch:3", "batch:4"]
    (settings.alerts_dir / "open.json").write_text('{"open"')
    assert alerts.raise_alert(settings, GATE)
    assert set(alerts.open_causes(settings)) == {GATE.cause}


@pytest.mark.fault(
    kind="privacy",
    tried="failures whose messages quote a cell: a phone number, an id, a name in quotes",
    holds="the alert has rule, table and counts, and no digits that could name a subscriber",
)
def test_an_alert_names_no_subscriber(tmp_path: Path) -> None:
    settings = replace(Settings.from_env({}), build_dir=tmp_path)
    alert_causes.nothing_was_run(
        settings,
        BadInput("The value 'Kim Minji' of 01012345678 is no day", "x", "mend row 4500123456789"),
    )
    [notice] = lines(settings)
    text = json.dumps(notice, ensure_ascii=False)
    assert "No batch was run. The value … of … is no day." in text
    assert not any(part in text for part in ("Minji", "0101234", "450012"))
    assert alert_causes.without_identifiers("observed 12,345,678 of L-0012345, 3 rows") == (
        "observed 12,345,678 of …, 3 rows"
    )


@pytest.mark.fault(
    kind="alert",
    tried="figures older than promised, a day without a batch, a delivery that stays incomplete",
    holds="each is one alert that closes by itself when it is over; a fresh copy is given time",
)
def test_what_should_have_happened_is_told_and_closed(tmp_path: Path) -> None:
    now = clock.now()
    settings = standings.stand(
        tmp_path / "build", as_of=now.date() - dt.timedelta(days=3), is_demo=False
    )
    landing = tmp_path / "landing"
    settings = replace(settings, landing=landing)
    stuck = landing / str(now.date())
    stuck.mkdir(parents=True)
    (stuck / "_manifest.json").write_text("{")

    assert [alert.cause.partition(":")[0] for alert in watch.look(settings, now)] == ["freshness"]
    later = now + dt.timedelta(hours=1)
    watch.look(settings, later)
    kinds = sorted(cause.partition(":")[0] for cause in alerts.open_causes(settings))
    assert kinds == ["delivery", "freshness"]
    told = {notice["cause"].partition(":")[0]: notice["text"] for notice in lines(settings)}
    assert "Readers see" in told["freshness"]
    assert "cannot be read" in told["delivery"]

    # A landing area that cannot be looked at ends nothing.
    landing.rename(tmp_path / "away")
    watch.look(settings, later)
    assert {"delivery", "freshness"} <= {
        cause.partition(":")[0] for cause in alerts.open_causes(settings)
    }
    (tmp_path / "away").rename(landing)

    (stuck / "_manifest.json").unlink()
    stuck.rmdir()
    standings.publish(settings, now.date() - dt.timedelta(days=1), is_demo=False)
    assert watch.look(settings, now) == ()
    assert alerts.open_causes(settings) == {}
    assert [notice["state"] for notice in lines(settings)][-2:] == ["resolved", "resolved"]
