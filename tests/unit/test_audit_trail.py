"""The audit trail: what it keeps, and every way to tamper with it that it has to show."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import audit_files, audit_trail, publishing
from orchestration.audit_records import Event, sha256_of
from orchestration.errors import BadInput, NotPublishable
from orchestration.settings import Settings
from tests.unit.publisher import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "a-key-of-this-test-that-is-long-enough"
Lines = list[bytes]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings of a build directory of the test's own, with a key."""
    return replace(Settings.from_env({}), build_dir=tmp_path / "build", pseudonym_key=KEY)


@pytest.fixture(autouse=True)
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
        body["previous_sha256"] = sha256_of(made[-1]) if made else "0" * 64
        made.append(json.dumps(body, sort_keys=True).encode())
    return made


TAMPERED = [
    edited, last_edited, without_one, with_one_more, in_another_order, cut_short, emptied,
    no_record, written_anew,
]  # fmt: skip


@pytest.mark.fault(
    kind="privacy",
    tried="records of the audit trail are edited, left out, put in, moved, cut off, or the whole "
    "trail is written anew without the key",
    holds="the next reading tells it, and so does every later one until a person acknowledges it",
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
    head = f"{len(lines)} {sha256_of(lines[-1])}\n"
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


def test_a_writer_killed_before_the_vault_knew_is_no_break(settings: Settings) -> None:
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


def replaced(files: list[Path]) -> None:
    files[-1].unlink()
    files[-1].write_bytes(b"another file")


def touched(files: list[Path]) -> None:
    files[0].chmod(0o600)
    with files[0].open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"!")


def taken_away(files: list[Path]) -> None:
    files[0].unlink()


def slipped_in(files: list[Path]) -> None:
    stranger = files[0].with_name("20200101T000000000000-00000000.duckdb")
    stranger.write_bytes(files[-1].read_bytes())


def current_moved_by_hand(files: list[Path]) -> None:
    link = files[0].with_name("current.duckdb")
    link.unlink()
    link.symlink_to(files[0].name)


def public_moved_by_hand(files: list[Path]) -> None:
    link = files[0].with_name("public.duckdb")
    link.unlink()
    link.symlink_to(files[0].name)


@pytest.fixture
def generations(settings: Settings, trail: Path) -> list[Path]:
    """Three generations, the first one current again after a roll-back and back."""
    trail.unlink()
    (settings.vault_dir / "audit.head").unlink()
    settings = replace(settings, keep_generations=3)
    files = [publish(settings, number) for number in range(3)]
    publishing.make_current(settings, files[0].stem)
    publishing.make_current(settings, files[2].stem)
    return files


@pytest.mark.fault(
    kind="privacy",
    tried="a published file is replaced, changed in one byte, taken away or slipped in, or a link "
    "is moved by hand",
    holds="the audit trail held against the files tells it",
)
@pytest.mark.parametrize(
    "tamper",
    [replaced, touched, taken_away, slipped_in, current_moved_by_hand, public_moved_by_hand],
    ids=lambda tamper: tamper.__name__,
)
def test_files_that_are_not_what_was_published_are_told(
    settings: Settings, generations: list[Path], tamper: Callable[[list[Path]], None]
) -> None:
    assert audit_files.verify(settings) == ((), ())
    tamper(generations)
    assert audit_files.verify(settings)[0]


def test_the_command_checks_both_and_ends_with_a_code(
    settings: Settings,
    generations: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", str(settings.build_dir))
    monkeypatch.setenv("AFTERMATH_PSEUDONYM_KEY", KEY)
    assert audit_files.main([]) == 0
    assert "10 records, sound" in capsys.readouterr().out
    replaced(generations)
    assert audit_files.main([]) == 1
    told = capsys.readouterr().out
    assert f"{generations[-1].name} is not the file that was published" in told
    trail = audit_trail.trail_file(settings)
    write(trail, without_one(lines_of(trail)))
    assert audit_files.main([]) == 1
    assert audit_files.main(["--acknowledge", "a disk was restored"]) == 1
    assert "BROKEN" in capsys.readouterr().out


def test_generations_of_before_the_trail_are_on_record_as_they_stood(
    settings: Settings, generations: list[Path]
) -> None:
    audit_trail.trail_file(settings).unlink()
    (settings.vault_dir / "audit.head").unlink()
    publish(settings, 4)
    assert audit_files.verify(settings) == ((), ())
    assert [record.kind for record in audit_trail.read(settings)][:2] == [
        "trail_started",
        "published",
    ]
    replaced(generations)
    assert audit_files.verify(settings)[0]


@pytest.mark.fault(
    kind="privacy",
    tried="a link is moved by hand, or a published file replaced, and the next run then publishes "
    "and removes the file",
    holds="the break is on record before what it shows in is gone",
)
@pytest.mark.parametrize("tamper", [current_moved_by_hand, touched], ids=lambda t: t.__name__)
def test_what_the_next_run_puts_right_leaves_its_trace(
    settings: Settings, generations: list[Path], tamper: Callable[[list[Path]], None]
) -> None:
    tamper(generations)
    publish(replace(settings, keep_generations=2), 4)
    assert audit_files.verify(settings) == ((), ())
    assert audit_trail.verify(settings).recorded


@pytest.mark.fault(
    kind="privacy",
    tried="records sealed with the demo key, which everybody knows, after those of a secret one",
    holds="nobody can write one without the secret, and one that was forged is a break",
)
def test_the_demo_key_seals_nothing_after_a_secret_one(settings: Settings) -> None:
    without = replace(settings, pseudonym_key="")
    with pytest.raises(BadInput, match="none is at hand"):
        audit_trail.append(without, Event("published", "forged"))
    with pytest.raises(BadInput, match="none is at hand"):
        audit_trail.acknowledge(without, "looked into")
    with audit_trail._opened(without) as descriptor:
        audit_trail._write(descriptor, without, Event("published", "forged"))
    found = audit_trail.verify(settings)
    assert not found.is_sound
    assert any("demo key" in each.what for each in found.breaks)
    audit_trail.acknowledge(settings, "a trial run by the operator, looked into")
    assert audit_trail.verify(settings).is_sound


@pytest.mark.fault(
    kind="crash",
    tried="the disk fills up in the middle of a record of the audit trail",
    holds="the record is taken back and what it would tell is not done",
)
def test_a_record_is_written_whole_or_not_at_all(
    settings: Settings, trail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trail.read_bytes()
    write = os.write
    monkeypatch.setattr(audit_trail.os, "write", lambda file, line: write(file, line[:20]))
    with pytest.raises(NotPublishable, match="cannot be written"):
        audit_trail.append(settings, Event("published", "generation-5"))
    monkeypatch.undo()
    assert trail.read_bytes() == before
    assert audit_trail.verify(settings).is_sound


@pytest.mark.fault(
    kind="roll-back",
    tried="a roll-back to a generation whose file was changed after publishing",
    holds="it is refused with the name of the file",
)
@pytest.mark.parametrize("suffix", [".duckdb", ".public.duckdb"])
def test_readers_do_not_go_back_to_a_spoilt_file(settings: Settings, suffix: str) -> None:
    first, _ = publish(settings, 1), publish(settings, 2)
    spoilt = first.with_name(f"{first.stem}{suffix}")
    spoilt.chmod(0o600)
    spoilt.write_bytes(spoilt.read_bytes() + b"!")
    with pytest.raises(NotPublishable, match=f"{spoilt.name} is not the file that was published"):
        publishing.make_current(settings, first.stem)


def test_readers_do_not_go_to_a_file_on_no_record(settings: Settings) -> None:
    first = publish(settings, 1)
    unknown = first.with_name("20200101T000000000000-00000000.duckdb")
    unknown.write_bytes(first.read_bytes())
    with pytest.raises(NotPublishable, match="is on no record"):
        publishing.make_current(settings, unknown.stem)
