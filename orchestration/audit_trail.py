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
import os
import socket
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestration import audit_records, clock, file_modes, keys
from orchestration.audit_records import NOTHING_BEFORE, Event, Finding, Record, Verdict, sha256_of
from orchestration.errors import BadInput, NotPublishable
from orchestration.settings import DEMO_PSEUDONYM_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from orchestration.settings import Settings

_HEAD_NAME: Final = "audit.head"


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
        _require_secret(settings, verdict.records)
        told = {tuple(each.values()) for each in audit_records.breaks_told(verdict.records)}
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
    return _judged(text, settings)


def files_on_record(settings: Settings) -> dict[str, str]:
    """List published files by name, with the SHA-256 that they were published with."""
    return {
        name: sha256
        for record in read(settings)
        for name, sha256 in record.facts.get("files", {}).items()
    }


def acknowledge(settings: Settings, reason: str) -> Record:
    """Take note of every break so far: a person looked into it and says what came of it."""
    with _opened(settings) as descriptor:
        _require_secret(settings, _cut_torn_end(descriptor, settings).records)
        text = _content(descriptor)
        facts = {"reason": reason, "lines": text.count(b"\n"), "trail_sha256": sha256_of(text)}
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
    verdict = _judged(text, settings)
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
        "at": dt.datetime.now(clock.KST).isoformat(timespec="milliseconds"),
        "event": event.kind,
        "generation_id": event.generation_id,
        "user": getpass.getuser(),
        "uid": os.getuid(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "facts": dict(event.facts),
        "previous_sha256": sha256_of(lines[-1]) if lines else NOTHING_BEFORE,
        "key": keys.name_of(key),
    }
    line = audit_records.text_of({**body, "seal": audit_records.seal_of(body, key)})
    _add(descriptor, line + b"\n", settings)
    _note_head(settings, number, sha256_of(line))
    return audit_records.record_of(number, line)


def _require_secret(settings: Settings, records: Sequence[Record]) -> None:
    """Refuse to seal with the demo key, which everybody knows, what a secret key has sealed."""
    demo = keys.name_of(DEMO_PSEUDONYM_KEY)
    if keys.name_of(_key_in_force(settings)) == demo and any(each.key != demo for each in records):
        raise BadInput(
            "The audit trail is sealed with a secret pseudonym key, and none is at hand",
            str(trail_file(settings)),
            "set AFTERMATH_PSEUDONYM_KEY or AFTERMATH_PSEUDONYM_KEY_FILE; generated exports belong "
            "in a build directory of their own (AFTERMATH_BUILD_DIR)",
        )


def _add(descriptor: int, line: bytes, settings: Settings) -> None:
    """Write a line whole or not at all: a full disk takes the beginning of one."""
    before = os.fstat(descriptor).st_size
    try:
        is_whole = os.write(descriptor, line) == len(line)
        os.fsync(descriptor)
    except OSError:
        is_whole = False
    if not is_whole:
        os.ftruncate(descriptor, before)
        raise NotPublishable(
            "The audit trail cannot be written, so what it would tell is not done",
            str(trail_file(settings)),
            "make room on that disk and run it again",
        )


def _judged(text: bytes, settings: Settings) -> Verdict:
    """Judge the lines, and whether the end of the trail is where it was."""
    at_hand = _keys_at_hand(settings)
    verdict = audit_records.judge(text, at_hand)
    breaks = [*verdict.breaks, *_end_faults(text.split(b"\n")[:-1], settings)]
    notes = list(verdict.notes)
    if verdict.records and verdict.records[-1].key not in map(keys.name_of, at_hand):
        what = "the newest record is sealed with a key that is not at hand"
        (breaks if settings.pseudonym_key else notes).append(
            Finding(verdict.records[-1].line, what)
        )
    return replace(verdict, breaks=tuple(breaks), notes=tuple(notes))


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
    if len(lines) < int(number) or sha256_of(lines[int(number) - 1]) != sha256:
        yield Finding(0, f"record {number}, which the vault knows, is not there as it was")


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


def _key_in_force(settings: Settings) -> str:
    return settings.pseudonym_key or DEMO_PSEUDONYM_KEY


def _keys_at_hand(settings: Settings) -> tuple[str, ...]:
    found = (settings.pseudonym_key, settings.previous_pseudonym_key, DEMO_PSEUDONYM_KEY)
    return tuple(key for key in found if key)


if __name__ == "__main__":
    import sys

    from orchestration.audit_files import main

    sys.exit(main())
