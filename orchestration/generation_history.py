"""What the generations published so far were made of, and which one a new one follows.

Belongs here: choosing the generation to compare with, and the fingerprints kept for it. Does not
belong here: comparing (restatement_diff), attributing a change (restatement_causes).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import duckdb

from orchestration import audit_records, audit_trail, candidate, publishing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestration.restatement_tables import PublishedTable
    from orchestration.settings import Settings

#: Further fact of a generation: the fingerprints below, as one JSON object.
MADE_OF_FACT: Final = "made_of"


@dataclass(frozen=True, slots=True)
class MadeOf:
    """Fingerprints of what a batch was made of; empty where a generation does not say.

    `code` by table, of its SQL and all SQL before it; `registers` by file; `batches` by day of
    delivery.
    """

    code: Mapping[str, str]
    registers: Mapping[str, str]
    batches: Mapping[str, str]

    def as_fact(self) -> dict[str, dict[str, str]]:
        """As kept in a generation."""
        return {
            "code": dict(self.code),
            "registers": dict(self.registers),
            "batches": dict(self.batches),
        }


@dataclass(frozen=True, slots=True)
class Edition:
    """A published generation as its own facts describe it."""

    generation_id: str
    path: Path
    as_of_date: dt.date
    code_version: str
    engine: str
    facts: Mapping[str, Any]
    made_of: MadeOf
    later: tuple[Edition, ...] = ()
    """Editions of the same books published after it, rolled back or beside it: a batch carries
    their entries on."""

    @property
    def book(self) -> str:
        """Books that it continues; empty where it names none."""
        return str(self.facts.get(candidate.BOOK_FACT, ""))


def made_of(settings: Settings, tables: Iterable[PublishedTable], as_of_date: dt.date) -> MadeOf:
    """Fingerprint what the batch in the work area was made of."""
    with duckdb.connect(str(settings.work_db), read_only=True) as connection:
        files = connection.execute(
            "select cast(batch_date as varchar), entity, sha256 from raw.raw_batch_files "  # noqa: S608
            f"where try_cast(batch_date as date) <= date '{as_of_date}' order by all"
        ).fetchall()
    batches: dict[str, list[str]] = {}
    for day, entity, sha256 in files:
        batches.setdefault(day[:10], []).append(f"{entity} {sha256}")
    return MadeOf(
        code={table.full_name: table.code for table in tables},
        registers=registers_of(settings),
        batches={day: _short("\n".join(listed).encode()) for day, listed in batches.items()},
    )


def registers_of(settings: Settings) -> dict[str, str]:
    """Fingerprint each register of the reference folder."""
    return {
        path.stem: _short(path.read_bytes()) for path in sorted(settings.reference.glob("*.csv"))
    }


def read(path: Path, generation_id: str) -> Edition:
    """Read what a generation says of itself."""
    with duckdb.connect(str(path), read_only=True) as connection:
        ((as_of_date, code_version, engine, further),) = connection.execute(
            "select as_of_date, code_version, duckdb_version, further_facts "  # noqa: S608
            f"from {candidate.FACTS_TABLE}"
        ).fetchall()
    facts = json.loads(further)
    kept = facts.get(MADE_OF_FACT, {})
    return Edition(
        generation_id=generation_id,
        path=path,
        as_of_date=as_of_date,
        code_version=code_version,
        engine=engine,
        facts=facts,
        made_of=MadeOf(kept.get("code", {}), kept.get("registers", {}), kept.get("batches", {})),
    )


def before(settings: Settings, book: str, as_of_date: dt.date) -> Edition | None:
    """Find what readers saw of these books before a batch of this day; None for the first one.

    The newest generation of the same day, else of the latest day before it. Generations that a
    roll-back took from the readers, then or earlier, are no measure, nor those after the current
    one.
    """
    listed = publishing.generations(settings)
    withdrawn = audit_records.withdrawn(audit_trail.read(settings))
    shown = max((each.generation_id for each in listed if each.is_current), default="")
    editions = [
        edition
        for each in listed
        for edition in (read(each.path, each.generation_id),)
        if edition.book == book
    ]
    found = max(
        (
            each
            for each in editions
            if each.generation_id <= shown
            and each.generation_id not in withdrawn
            and each.as_of_date <= as_of_date
        ),
        key=lambda each: (each.as_of_date, each.generation_id),
        default=None,
    )
    if found is None:
        return None
    since = (each for each in editions if each.generation_id > found.generation_id)
    return replace(found, later=tuple(since))


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
