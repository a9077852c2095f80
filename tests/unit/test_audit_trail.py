"""The audit trail: what it keeps, and every way to tamper with it that it has to show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import audit_trail
from orchestration.audit_trail import Event
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "a-key-of-this-test-that-is-long-enough"
Lines = list[bytes]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings of a build directory of the test's own, with a key."""
    return replace(Settings.from_env({}), build_dir=tmp_path / "build", pseudonym_key=KEY)


@pytest.fixture
def trail(settings: Settings) -> Path:
    """A trail of five records."""
    for number in range(5):
        audit_trail.append(settings, Event("published", f"generation-{number}", {"n": number}))
    return audit_trail.trail_file(settings)


def lines_of(trail: Path) -> Lines:
    return trail.read_bytes().splitlines()


def write(trail: Path, lines: Lines) -> None:
    trail.write_bytes(b"".join(line + b"\n" for line in lines))


def edited(lines: Lines) -> Lines:
    return [lines[0], lines[1].replace(b"generation-1", b"generation-7"), *lines[2:]]


def last_edited(lines: Lines) -> Lines:
    return [*lines[:-1], lines[-1].replace(b'"n": 4', b'"n": 5')]


def without_one(lines: Lines) -> Lines:
    return [*lines[:2], *lines[3:]]


def with_one_more(lines: Lines) -> Lines:
    return [*lines[:2], lines[1], *lines[2:]]


def in_another_order(lines: Lines) -> Lines:
    return [lines[0], lines[2], lines[1], *lines[3:]]


def cut_short(lines: Lines) -> Lines:
    return lines[:3]


def emptied(_: Lines) -> Lines:
    return []


def no_record(lines: Lines) -> Lines:
    return [*lines[:2], b"nothing to see", *lines[3:]]


def written_anew(lines: Lines) -> Lines:
    """By somebody who knows how the chain is made and has not the key."""
    made: Lines = []
    for line in lines:
        body = json.loads(line)
        body["user"] = "nobody"
        body["previous_sha256"] = audit_trail._sha256(made[-1]) if made else "0" * 64  # noqa: SLF001
        made.append(json.dumps(body, sort_keys=True).encode())
    return made


TAMPERED = [
    edited, last_edited, without_one, with_one_more, in_another_order, cut_short, emptied, no_record,
    written_anew,
]  # fmt: skip


@pytest.mark.fault(
    kind="privacy",
    tried="records of the audit trail are edited, left out, put in, moved, cut off, or the whole "
    "trail is written anew without the key",
    holds="the next reading tells it, and so does every one after it until a person acknowledges it",
)
@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda tamper: tamper.__name__)
def test_tampering_is_told_until_somebody_acknowledges_it(
    settings: Settings, trail: Path, tamper: Callable[[Lines], Lines]
) -> None:
    assert audit_trail.verify(settings).is_sound
    write(trail, tamper(lines_of(trail)))
    assert audit_trail.verify(settings).breaks
    # Work goes on, and the break is on record.
    for number in (5, 6):
        audit_trail.append(settings, Event("published", f"generation-{number}"))
    verdict = audit_trail.verify(settings)
    assert not verdict.is_sound
    assert [record.kind for record in verdict.records].count("break_found") == 1
    audit_trail.acknowledge(settings, "looked into")
    assert audit_trail.verify(settings).is_sound
    # What was acknowledged is no licence for what comes after it.
    lines = lines_of(trail)
    write(trail, [*lines[:-1], lines[-1].replace(b"looked into", b"nothing  at")])
    assert not audit_trail.verify(settings).is_sound


@pytest.mark.fault(
    kind="privacy",
    tried="trail and what the vault knows of it are written anew by somebody without the key",
    holds="the seals do not fit",
)
def test_with_the_vault_in_hand_the_key_is_still_missing(settings: Settings, trail: Path) -> None:
    lines = written_anew(lines_of(trail))
    write(trail, lines)
    head = f"{len(lines)} {audit_trail._sha256(lines[-1])}\n"  # noqa: SLF001
    (settings.vault_dir / "audit.head").write_text(head)
    told = {finding.what for finding in audit_trail.verify(settings).breaks}
    assert told == {"its seal does not fit: it was written by somebody else"}
    resealed = [json.loads(line) | {"key": "0123456789abcdef"} for line in lines]
    write(trail, [json.dumps(body, sort_keys=True).encode() for body in resealed])
    told = {finding.what for finding in audit_trail.verify(settings).breaks}
    assert "the newest record is sealed with a key that is not at hand" in told


@pytest.mark.fault(
    kind="crash",
    tried="a writer of the audit trail is killed in the middle of a line",
    holds="the next one takes the torn line away and goes on; no alarm",
)
@pytest.mark.parametrize("kept", [1, 40, 200])
def test_a_torn_last_line_is_mended(settings: Settings, trail: Path, kept: int) -> None:
    whole = trail.read_bytes()
    trail.write_bytes(whole + lines_of(trail)[-1][:kept])
    verdict = audit_trail.verify(settings)
    assert verdict.is_sound
    assert verdict.notes
    audit_trail.append(settings, Event("published", "generation-5"))
    assert trail.read_bytes().startswith(whole)
    verdict = audit_trail.verify(settings)
    assert (verdict.is_sound, verdict.notes, len(verdict.records)) == (True, (), 6)


def test_a_writer_killed_before_the_vault_knew_is_no_break(settings: Settings, trail: Path) -> None:
    head = settings.vault_dir / "audit.head"
    before = head.read_text()
    audit_trail.append(settings, Event("published", "generation-5"))
    head.write_text(before)
    assert audit_trail.verify(settings).is_sound
    audit_trail.append(settings, Event("published", "generation-6"))
    assert audit_trail.verify(settings).is_sound


def test_a_reader_without_the_key_checks_the_chain_and_says_what_it_cannot_check(
    settings: Settings, trail: Path
) -> None:
    reader = replace(settings, pseudonym_key="")
    verdict = audit_trail.verify(reader)
    assert verdict.is_sound
    assert "not at hand" in verdict.notes[0].what
    write(trail, edited(lines_of(trail)))
    assert not audit_trail.verify(reader).is_sound


def test_the_trail_goes_on_under_a_new_key(settings: Settings, trail: Path) -> None:
    rotated = replace(
        settings, pseudonym_key="the-next-key-that-is-long-enough", previous_pseudonym_key=KEY
    )
    audit_trail.append(rotated, Event("key_rotated", facts={"previous_key": "x"}))
    assert audit_trail.verify(rotated).is_sound
    assert audit_trail.verify(replace(rotated, previous_pseudonym_key="")).is_sound
    write(trail, edited(lines_of(trail)))
    assert not audit_trail.verify(replace(rotated, previous_pseudonym_key="")).is_sound


def test_a_record_says_who_and_when_and_never_the_key(settings: Settings, trail: Path) -> None:
    (first, *_) = audit_trail.read(settings)
    assert first.user
    assert first.at.endswith("+09:00")
    assert (first.kind, first.generation_id, first.facts) == ("published", "generation-0", {"n": 0})
    assert KEY.encode() not in trail.read_bytes()
    assert trail.stat().st_mode & 0o777 == 0o640
    assert (settings.vault_dir / "audit.head").stat().st_mode & 0o777 == 0o600
    assert settings.vault_dir.stat().st_mode & 0o777 == 0o700
