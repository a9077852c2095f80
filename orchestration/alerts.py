"""Alerts: one per cause until it is resolved, kept in a file and posted to a webhook.

Belongs here: what an alert is, which are open, the file and the queue for the webhook. Does not
belong here: what is worth an alert (alert_causes, watch), how a document is posted (webhook).

Nothing here stops a run: a full disk or a server that is down is told on stderr, and what could not
be posted is tried again by the next run or tick.
"""

from __future__ import annotations

import fcntl
import json
import secrets
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from orchestration import clock, webhook

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from orchestration.settings import Settings


#: Lines of the file: the newest are kept.
LINES_KEPT = 1000

#: Notices that wait for the webhook; the oldest are given up, they stay in the file.
NOTICES_KEPT = 100


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold: on which table, and on how many rows if that is known."""

    table: str
    rule: str
    rows: int | None = None
    observed: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person has to know to act; names no subscriber.

    Attributes:
        cause: the same for the same trouble, however often it is met; `kind:...`.
        title: a sentence.
        remedy: what to do.
        broken: rules that failed, the first is where to begin.
        as_of: the day the run was of, if there was a run.
        run_id: the run, if there was one.
        page: where the run is shown.
        evidence: path of the Data Docs, if they were written.
    """

    cause: str
    title: str
    remedy: str
    broken: tuple[Broken, ...] = ()
    as_of: str = ""
    run_id: str = ""
    page: str = ""
    evidence: str = ""


def raise_alert(settings: Settings, alert: Alert) -> bool:
    """Raise an alert unless one of this cause is open; returns whether it is new."""
    with _state(settings) as state:
        if alert.cause in state["open"]:
            return False
        notice = {**_stamp("raised"), **asdict(alert), "text": _words(alert)}
        state["open"][alert.cause] = {
            "at": notice["at"],
            "title": alert.title,
            "as_of": alert.as_of,
        }
        _record(settings, state, notice)
    flush(settings)
    return True


def resolve(
    settings: Settings, kind: str, still_open: Collection[str] = (), *, known_to: str = ""
) -> int:
    """Close the open alerts of a kind but those whose cause is still there; returns how many.

    Args:
        settings: where the alerts stand.
        kind: what stands before the first colon of a cause.
        still_open: causes that are still there.
        known_to: day up to which it is known; alerts of a later day stay open. Empty: of any day.
    """
    with _state(settings) as state:
        gone = [
            cause
            for cause, was in state["open"].items()
            if cause.partition(":")[0] == kind
            and cause not in still_open
            and (not known_to or was.get("as_of", "") <= known_to)
        ]
        for cause in gone:
            was = state["open"].pop(cause)
            notice = {
                **_stamp("resolved"),
                "cause": cause,
                "title": was["title"],
                "raised_at": was["at"],
                "text": f"Resolved: {was['title']} (since {was['at']} KST)",
            }
            _record(settings, state, notice)
    if gone:
        flush(settings)
    return len(gone)


def open_causes(settings: Settings) -> dict[str, str]:
    """List causes and titles of the alerts that are open."""
    with _state(settings) as state:
        return {cause: each["title"] for cause, each in state["open"].items()}


def flush(settings: Settings) -> int:
    """Post what waits for the webhook, oldest first; returns how many notices still wait."""
    with _locked(settings, "posting.lock", wait=False) as is_ours:
        with _state(settings) as state:
            waiting = state["outbox"] if is_ours and settings.alert_webhook else []
        for notice in waiting:
            why, is_refused = webhook.post(settings.alert_webhook, notice)
            if why:
                print(f"An alert was not posted, it is tried again: {why}", file=sys.stderr)
            if why and not is_refused:
                break  # nobody is there: the others would wait as long
            if not why:
                with _state(settings) as state:
                    state["outbox"] = [
                        each for each in state["outbox"] if each["id"] != notice["id"]
                    ]
    with _state(settings) as state:
        return len(state["outbox"])


def log_file(settings: Settings) -> Path:
    """Where every notice stands, one JSON object per line."""
    return settings.alerts_dir / "alerts.jsonl"


def _record(settings: Settings, state: dict[str, Any], notice: dict[str, Any]) -> None:
    path = log_file(settings)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = [*lines, json.dumps(notice, ensure_ascii=False)][-LINES_KEPT:]
    _write(path, "\n".join(lines) + "\n")
    if settings.alert_webhook:
        state["outbox"] = [*state["outbox"], notice][-NOTICES_KEPT:]


@contextmanager
def _state(settings: Settings) -> Iterator[dict[str, Any]]:
    """Give the open alerts and the queue to be read and changed, by one process at a time."""
    path = settings.alerts_dir / "open.json"
    with _locked(settings, "alerts.lock"):
        try:
            before = path.read_text(encoding="utf-8")
            state = json.loads(before)
        except (FileNotFoundError, json.JSONDecodeError):
            # Cut short by a full disk of old: better an alert twice than none.
            before, state = "", {"open": {}, "outbox": []}
        yield state
        after = json.dumps(state, ensure_ascii=False, indent=1)
        if after != before:
            _write(path, after)


@contextmanager
def _locked(settings: Settings, name: str, *, wait: bool = True) -> Iterator[bool]:
    settings.alerts_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.alerts_dir / name).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _words(alert: Alert) -> str:
    """Say it in lines that a chat shows as they are."""
    lines = [f"{alert.title}" + (f" As of {alert.as_of}." if alert.as_of else "")]
    for broken in alert.broken:
        rows = "" if broken.rows is None else f", {broken.rows:,} rows"
        seen = f", observed {broken.observed}" if broken.observed else ""
        lines.append(f"- {broken.table}: {broken.rule}{rows}{seen}")
    lines.append(f"What to do: {alert.remedy}")
    lines += [f"Run: {alert.page}"] if alert.page else []
    lines += [f"Evidence: {alert.evidence}"] if alert.evidence else []
    return "\n".join(lines)


def _stamp(state: str) -> dict[str, str]:
    """Open a notice; its id lets a receiver tell one that was posted twice."""
    now = clock.now().replace(microsecond=0)
    return {"id": secrets.token_hex(8), "state": state, "at": now.isoformat(sep=" ")}
