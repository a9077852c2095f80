"""`python -m orchestration.audit_trail`: the audit trail held against the files it speaks of.

Belongs here: whether every published file is the one on record and every record has its file, and
the command that tells it. Does not belong here: the trail itself (audit_trail).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration import audit_records, audit_trail, batch_lock, fingerprints, publishing
from orchestration.audit_records import Finding
from orchestration.errors import OperatorError
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestration.audit_records import Record, Verdict


@dataclass(frozen=True, slots=True)
class _OnRecord:
    """What stands in the published folder, if the trail is right.

    Attributes:
        files: name to SHA-256 and the line that says so.
        ended: generations that were removed or never came to be.
        moved_to: the generation that readers were moved to last.
        announced: generations that they were about to be moved to since.
    """

    files: dict[str, tuple[str, int]]
    ended: dict[str, str]
    moved_to: str
    announced: tuple[str, ...]


def verify(settings: Settings) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Compare records and files; returns what is wrong and what a killed publisher explains."""
    records = audit_trail.read(settings)
    known = _on_record(records)
    breaks = [
        Finding(0, f"{name} stands there and is on no record")
        for name in sorted(_files(settings) - known.files.keys())
    ]
    notes: list[Finding] = []
    for name, (sha256, line) in sorted(known.files.items()):
        ended = known.ended.get(name.partition(".")[0])
        path = settings.published_dir / name
        if not path.exists():
            if ended is None:
                gone = Finding(line, f"{name} is gone and its removal is on no record")
                is_open = name.partition(".")[0] in known.announced
                (notes if is_open else breaks).append(gone)
        elif fingerprints.of_file(path) != sha256:
            breaks.append(Finding(line, f"{name} is not the file that was published"))
        elif ended is not None:
            notes.append(Finding(line, f"{name} is {ended} on record and still there"))
    for finding, is_break in _links(settings, known):
        (breaks if is_break else notes).append(finding)
    return tuple(breaks), tuple(notes)


def _on_record(records: Sequence[Record]) -> _OnRecord:
    files: dict[str, tuple[str, int]] = {}
    ended: dict[str, str] = {}
    for record in records:
        for name, sha256 in record.facts.get("files", {}).items():
            files[name] = (sha256, record.line)
        if record.kind in {"removed", "abandoned"}:
            ended[record.generation_id] = record.kind
    return _OnRecord(files, ended, *audit_records.moves(records))


def _files(settings: Settings) -> set[str]:
    folder = settings.published_dir
    found = folder.glob("*.duckdb") if folder.is_dir() else ()
    return {path.name for path in found if not path.is_symlink()}


def _links(settings: Settings, known: _OnRecord) -> Iterator[tuple[Finding, bool]]:
    """Both links lead where the trail says; a killed publisher leaves them on the way."""
    current = next((each for each in publishing.generations(settings) if each.is_current), None)
    found = current.generation_id if current else ""
    if found != known.moved_to:
        told = f"current.duckdb leads to {found or 'nothing'}, not to {known.moved_to or 'nothing'}"
        yield Finding(0, told), found not in known.announced
    link = settings.public_db
    public = link.readlink().name if link.is_symlink() else None
    expected = current.public_path.name if current and current.public_path.exists() else None
    if public != expected:
        yield Finding(0, f"public.duckdb leads to {public}, not to {expected}"), not known.announced


def main(argv: Sequence[str] | None = None) -> int:
    """Check the trail and the files, or acknowledge breaks; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.audit_trail",
        description="Check the audit trail of the published generations.",
    )
    parser.add_argument(
        "--acknowledge",
        metavar="REASON",
        help="record that the breaks so far were looked into, and what came of it",
    )
    arguments = parser.parse_args(argv)
    try:
        settings = Settings.from_env()
        with batch_lock.hold(settings):
            if arguments.acknowledge:
                audit_trail.acknowledge(settings, arguments.acknowledge)
            verdict = audit_trail.verify(settings)
            breaks, notes = verify(settings)
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return _tell(verdict, breaks, notes)


def _tell(verdict: Verdict, breaks: Sequence[Finding], notes: Sequence[Finding]) -> int:
    for word, findings in (
        ("BROKEN", (*verdict.breaks, *verdict.recorded, *breaks)),
        ("note", (*verdict.notes, *notes)),
    ):
        for finding in findings:
            place = f"record {finding.line}" if finding.line else "trail"
            print(f"{word:7} {place}: {finding.what}")
    is_sound = verdict.is_sound and not breaks
    print(f"{len(verdict.records)} records, {'sound' if is_sound else 'not sound'}")
    return 0 if is_sound else 1
