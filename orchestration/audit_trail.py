"""The audit trail: who published, rolled back and removed which generation, of what, and when.

Belongs here: the file, its chain and its seals, and what is said of a broken one. Does not belong
here: when something is worth a record (publishing, the commands), checksums of deliveries
(fingerprints).

One JSON object per line in `published/audit.jsonl`; nothing ever removes a line. Three things make
a change visible: each record holds the SHA-256 of the line before it, each carries a seal (HMAC)
under a key derived from the pseudonym key, and the newest record is noted in the vault, which
readers of the published folder have no access to. So a line that was edited, left out, put in or
moved breaks the chain; a chain written anew lacks the seals; a chain cut short lacks its end.

A record is written before what it tells is done, so that a process killed in between leaves a
record without its deed, never a deed without a record; once readers are moved, that is on record
too (`readers_moved`), so that a kill and a link moved by hand are told apart (`audit_files`).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import getpass
import hashlib
import hmac
import json
import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from zoneinfo import ZoneInfo

from orchestration import file_modes, keys
from orchestration.settings import DEMO_PSEUDONYM_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestration.settings import Settings

Kind = Literal[
    "trail_started",
    "published",
    "abandoned",
    "rolled_to",
    "readers_moved",
    "removed",
    "key_rotated",
    "break_found",
    "break_acknowledged",
]

_HEAD_NAME: Final = "audit.head"
_NOTHING_BEFORE: Final = "0" * 64
_KST: Final = ZoneInfo("Asia/Seoul")
_SEAL_PURPOSE: Final = b"aftermath audit trail"


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth a record: its kind, the generation concerned, and what else is to be kept."""

    kind: Kind
    generation_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the trail, read; `key` names the key it is sealed with, `sha256` is the line's."""

    line: int
    kind: str
    generation_id: str
    at: str
    user: str
    facts: Mapping[str, Any]
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a line; 0 stands for the trail as a whole."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reading of the trail came to.

    `breaks` are signs of tampering that nobody has acknowledged, `recorded` those that a writer saw
    and put on record. `notes` are what a killed writer or a key that is not at hand explains.
    """

    records: tuple[Record, ...]
    breaks: tuple[Finding, ...]
    recorded: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing speaks of tampering."""
        return not self.breaks and not self.recorded


def trail_file(settings: Settings) -> Path:
    """Where the trail stands."""
    return settings.published_dir / "audit.jsonl"


def append(settings: Settings, event: Event) -> Record:
    """Add a record; to be called under the batch lock, before the deed.

    A break found on the way is recorded and does not stop anybody: whoever could spoil the trail
    could otherwise stop publishing. It is told by every `verify` until a person acknowledges it.
    """
    file_modes.prepare(settings)
    with _opened(settings) as descriptor:
        verdict = _cut_torn_end(descriptor, settings)
        told = {tuple(each.values()) for each in _breaks_told(verdict.records)}
        found = [each for each in verdict.breaks if (each.line, each.what) not in told]
        if found:
            breaks = [{"line": each.line, "what": each.what} for each in found]
            _write(descriptor, settings, Event("break_found", facts={"breaks": breaks}))
        return _write(descriptor, settings, event)


def read(settings: Settings) -> tuple[Record, ...]:
    """Read the records there are, sound or not."""
    return verify(settings).records


def verify(settings: Settings) -> Verdict:
    """Check chain, seals and end of the trail; what stands in the files is `audit_files`'."""
    try:
        text = trail_file(settings).read_bytes()
    except FileNotFoundError:
        text = b""
    return _judge(text, settings)


def break_found(what: str) -> Event:
    """Make the event of a break that shows in the files and not in the trail."""
    return Event("break_found", facts={"breaks": [{"line": 0, "what": what}]})


def files_on_record(settings: Settings) -> dict[str, str]:
    """List published files by name, with the SHA-256 that they were published with."""
    return {
        name: sha256
        for record in read(settings)
        for name, sha256 in record.facts.get("files", {}).items()
    }


def moves(records: Sequence[Record]) -> tuple[str, tuple[str, ...]]:
    """Tell where readers were moved last, and where since they were about to be moved."""
    last = ""
    announced: list[str] = []
    for record in records:
        if record.kind in {"readers_moved", "trail_started"}:
            last, announced = record.generation_id, []
        elif record.kind in {"published", "rolled_to"}:
            announced.append(record.generation_id)
    return last, tuple(announced)


def acknowledge(settings: Settings, reason: str) -> Record:
    """Take note of every break so far: a person looked into it and says what came of it."""
    with _opened(settings) as descriptor:
        _cut_torn_end(descriptor, settings)
        text = _content(descriptor)
        facts = {"reason": reason, "lines": text.count(b"\n"), "trail_sha256": _sha256(text)}
        return _write(descriptor, settings, Event("break_acknowledged", facts=facts))


@contextmanager
def _opened(settings: Settings) -> Iterator[int]:
    """Open the trail for reading and appending, one writer at a time."""
    descriptor = os.open(
        trail_file(settings), os.O_RDWR | os.O_APPEND | os.O_CREAT, file_modes.INTERNAL_FILE
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _cut_torn_end(descriptor: int, settings: Settings) -> Verdict:
    """Remove what a killed writer left of its line: it has no line end."""
    text = _content(descriptor)
    verdict = _judge(text, settings)
    whole = text.rfind(b"\n") + 1
    if whole < len(text):
        os.ftruncate(descriptor, whole)
    return verdict


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def _write(descriptor: int, settings: Settings, event: Event) -> Record:
    lines = _content(descriptor).split(b"\n")[:-1]
    number = len(lines) + 1
    key = _key_in_force(settings)
    body = {
        "number": number,
        "at": dt.datetime.now(_KST).isoformat(timespec="milliseconds"),
        "event": event.kind,
        "generation_id": event.generation_id,
        "user": getpass.getuser(),
        "uid": os.getuid(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "facts": dict(event.facts),
        "previous_sha256": _sha256(lines[-1]) if lines else _NOTHING_BEFORE,
        "key": keys.name_of(key),
    }
    line = _text({**body, "seal": _seal(body, key)})
    os.write(descriptor, line + b"\n")
    os.fsync(descriptor)
    _note_head(settings, number, _sha256(line))
    return _record(number, line)


def _judge(text: bytes, settings: Settings) -> Verdict:
    whole, _, torn = text.rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    breaks = list(_end_faults(lines, settings))
    notes = [Finding(len(lines) + 1, "a killed writer left part of a line")] if torn else []
    records: list[Record] = []
    known_keys = {keys.name_of(key): key for key in _keys_at_hand(settings)}
    previous, acknowledged, last_key = _NOTHING_BEFORE, -1, ""
    for number, line in enumerate(lines, start=1):
        body = _parsed(line)
        if body is None:
            breaks.append(Finding(number, "not a record"))
        else:
            breaks += _faults(number, body, previous, known_keys)
            records.append(_record(number, line))
            acknowledged = max(acknowledged, _acknowledged(number, body, lines))
            last_key = body["key"]
        previous = _sha256(line)
    if last_key and last_key not in known_keys:
        unknown = Finding(len(lines), "the newest record is sealed with a key that is not at hand")
        (breaks if settings.pseudonym_key else notes).append(unknown)
    recorded = (
        Finding(record.line, f"found by this writer: line {told['line']}: {told['what']}")
        for record in records
        for told in _breaks_told([record])
    )
    return Verdict(
        tuple(records),
        tuple(each for each in breaks if each.line > acknowledged),
        tuple(each for each in recorded if each.line > acknowledged),
        tuple(notes),
    )


def _faults(
    number: int, body: dict[str, Any], previous: str, known_keys: Mapping[str, str]
) -> Iterator[Finding]:
    if body["number"] != number:
        yield Finding(number, f"it says that it is record {body['number']}")
    if body["previous_sha256"] != previous:
        yield Finding(number, "the line before it is not the one that stood there")
    key = known_keys.get(body["key"])
    unsealed = {name: value for name, value in body.items() if name != "seal"}
    if key is not None and not hmac.compare_digest(_seal(unsealed, key), str(body["seal"])):
        yield Finding(number, "its seal does not fit: it was written by somebody else")


def _end_faults(lines: list[bytes], settings: Settings) -> Iterator[Finding]:
    """Compare the trail with the newest record that the vault knows of."""
    try:
        number, sha256 = (settings.vault_dir / _HEAD_NAME).read_text().split()
    except FileNotFoundError:
        if lines:
            yield Finding(0, "the vault does not know the newest record")
        return
    except ValueError:
        yield Finding(0, "what the vault knows of the newest record cannot be read")
        return
    if len(lines) < int(number) or _sha256(lines[int(number) - 1]) != sha256:
        yield Finding(0, f"record {number}, which the vault knows, is not there as it was")


def _acknowledged(number: int, body: dict[str, Any], lines: list[bytes]) -> int:
    """Last line that this record, if it acknowledges breaks, speaks for."""
    if body["event"] != "break_acknowledged" or body["facts"].get("lines") != number - 1:
        return -1
    before = b"".join(line + b"\n" for line in lines[: number - 1])
    return number - 1 if _sha256(before) == body["facts"].get("trail_sha256") else -1


def _breaks_told(records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    for record in records:
        if record.kind == "break_found":
            yield from record.facts.get("breaks", ())


def _note_head(settings: Settings, number: int, sha256: str) -> None:
    file_modes.make_private(settings.vault_dir)
    head = settings.vault_dir / _HEAD_NAME
    written = head.with_name(f"{_HEAD_NAME}.new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, f"{number} {sha256}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    written.replace(head)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(line)
    except ValueError:
        return None
    wanted = {"number", "at", "event", "generation_id", "user", "facts", "previous_sha256"}
    if not isinstance(body, dict) or wanted | {"key", "seal"} > body.keys():
        return None
    return body if isinstance(body["facts"], dict) else None


def _record(number: int, line: bytes) -> Record:
    body = json.loads(line)
    return Record(
        line=number,
        kind=body["event"],
        generation_id=body["generation_id"],
        at=body["at"],
        user=body["user"],
        facts=body["facts"],
        key=body["key"],
        sha256=_sha256(line),
    )


def _key_in_force(settings: Settings) -> str:
    return settings.pseudonym_key or DEMO_PSEUDONYM_KEY


def _keys_at_hand(settings: Settings) -> tuple[str, ...]:
    keys = (settings.pseudonym_key, settings.previous_pseudonym_key, DEMO_PSEUDONYM_KEY)
    return tuple(key for key in keys if key)


def _seal(body: Mapping[str, Any], pseudonym_key: str) -> str:
    key = hmac.new(pseudonym_key.encode(), _SEAL_PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, _text(body), hashlib.sha256).hexdigest()


def _text(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, default=str).encode()


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


if __name__ == "__main__":
    import sys

    from orchestration.audit_files import main

    sys.exit(main())
