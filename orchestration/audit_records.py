"""Records of the audit trail: what one is made of, and whether a row of them hangs together.

Belongs here: lines as text and as values, the chain, the seals; no file is read or written. Does
not belong here: the file and its end (audit_trail).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from orchestration import keys
from orchestration.settings import DEMO_PSEUDONYM_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

NOTHING_BEFORE: Final = "0" * 64
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


def break_found(what: str) -> Event:
    """Make the event of a break that shows in the files and not in the trail."""
    return Event("break_found", facts={"breaks": [{"line": 0, "what": what}]})


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


def withdrawn(records: Sequence[Record]) -> frozenset[str]:
    """Tell which generations roll-backs took from readers; going forward to one takes that back."""
    published: list[str] = []
    found: set[str] = set()
    for record in records:
        if record.kind == "published":
            published.append(record.generation_id)
        elif record.kind == "rolled_to":
            target = record.generation_id
            found = {each for each in found if each < target}
            found |= {each for each in published if each > target}
    return frozenset(found)


def judge(text: bytes, keys_at_hand: Sequence[str]) -> Verdict:
    """Check lines against each other and against their seals.

    Args:
        text: the trail as it stands; what follows the last line end is torn.
        keys_at_hand: pseudonym keys whose seals can be checked; the first one is in force.
    """
    whole, _, torn = text.rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    breaks: list[Finding] = []
    notes = [Finding(len(lines) + 1, "a killed writer left part of a line")] if torn else []
    records: list[Record] = []
    known_keys = {keys.name_of(key): key for key in keys_at_hand}
    demo = keys.name_of(DEMO_PSEUDONYM_KEY)
    previous, acknowledged, is_secret = NOTHING_BEFORE, -1, False
    for number, line in enumerate(lines, start=1):
        body = _parsed(line)
        if body is None:
            breaks.append(Finding(number, "not a record"))
        else:
            breaks += _faults(number, body, previous, known_keys)
            if is_secret and body["key"] == demo:
                what = "it is sealed with the demo key, which everybody knows, after a secret one"
                breaks.append(Finding(number, what))
            is_secret = is_secret or body["key"] != demo
            records.append(record_of(number, line))
            acknowledged = max(acknowledged, _acknowledged(number, body, lines))
        previous = sha256_of(line)
    recorded = (
        Finding(record.line, f"found by this writer: line {told['line']}: {told['what']}")
        for record in records
        for told in breaks_told([record])
    )
    return Verdict(
        tuple(records),
        tuple(each for each in breaks if each.line > acknowledged),
        tuple(each for each in recorded if each.line > acknowledged),
        tuple(notes),
    )


def breaks_told(records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    """List the breaks that writers saw and put on record."""
    for record in records:
        if record.kind == "break_found":
            yield from record.facts.get("breaks", ())


def _faults(
    number: int, body: dict[str, Any], previous: str, known_keys: Mapping[str, str]
) -> Iterator[Finding]:
    if body["number"] != number:
        yield Finding(number, f"it says that it is record {body['number']}")
    if body["previous_sha256"] != previous:
        yield Finding(number, "the line before it is not the one that stood there")
    key = known_keys.get(body["key"])
    unsealed = {name: value for name, value in body.items() if name != "seal"}
    if key is not None and not hmac.compare_digest(seal_of(unsealed, key), str(body["seal"])):
        yield Finding(number, "its seal does not fit: it was written by somebody else")


def _acknowledged(number: int, body: dict[str, Any], lines: list[bytes]) -> int:
    """Last line that this record, if it acknowledges breaks, speaks for."""
    if body["event"] != "break_acknowledged" or body["facts"].get("lines") != number - 1:
        return -1
    before = b"".join(line + b"\n" for line in lines[: number - 1])
    return number - 1 if sha256_of(before) == body["facts"].get("trail_sha256") else -1


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(line)
    except ValueError:
        return None
    wanted = {"number", "at", "event", "generation_id", "user", "facts", "previous_sha256"}
    if not isinstance(body, dict) or wanted | {"key", "seal"} > body.keys():
        return None
    return body if isinstance(body["facts"], dict) else None


def record_of(number: int, line: bytes) -> Record:
    """Read a line that holds a record."""
    body = json.loads(line)
    return Record(
        line=number,
        kind=body["event"],
        generation_id=body["generation_id"],
        at=body["at"],
        user=body["user"],
        facts=body["facts"],
        key=body["key"],
        sha256=sha256_of(line),
    )


def seal_of(body: Mapping[str, Any], pseudonym_key: str) -> str:
    """Seal a record, given without its seal, under a key that is made for this alone."""
    key = hmac.new(pseudonym_key.encode(), _SEAL_PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, text_of(body), hashlib.sha256).hexdigest()


def text_of(body: Mapping[str, Any]) -> bytes:
    """Write a record as its line, without the line end."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, default=str).encode()


def sha256_of(line: bytes) -> str:
    """Checksum of a line without its end."""
    return hashlib.sha256(line).hexdigest()
