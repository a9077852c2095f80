"""The ledger as published so far, put where the models of a run can read it.

Belongs here: which generations belong to the same books, and copying their entries into the work
database. Does not belong here: what an entry means, or what becomes of it: that is the models'.

An entry that was published is never edited: whatever a later run thinks of it becomes a reversal
beside it. So a run starts from the entries of the generations before it. Books are the exports of
one operator from one opening batch under one pseudonym key, and they go on when the key is rotated
(vault); other exports in the same build directory are other books.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import candidate, publishing, vault
from orchestration.errors import NotPublishable
from orchestration.sql_text import literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    from orchestration.settings import Settings

#: Columns of an entry, as `macros/compensation/published_ledger.sql` and the mart have them.
COLUMNS: Final = (
    "entry_id",
    "edition_of_entry_id",
    "corrects_entry_id",
    "event_kind",
    "is_reversal",
    "reverses_entry_id",
    "source_id",
    "posted_on",
    "known_from",
    "programme_id",
    "line_key",
    "policy_version",
    "amount_krw",
    "debit_account",
    "debit_treatment",
    "credit_account",
    "credit_treatment",
)

#: Columns that name an entry or document, in part after the line it is about.
_NAMED_AFTER_LINE: Final = (
    "entry_id",
    "edition_of_entry_id",
    "corrects_entry_id",
    "reverses_entry_id",
    "source_id",
)

_SCHEMA: Final = "published"
_TABLE: Final = f"{_SCHEMA}.ledger_entries"
_DAYS: Final = f"{_SCHEMA}.ledger_days"
_LEDGER: Final = "compensation.fct_ledger_entries"


def book_id(opening_sha256s: Iterable[str], pseudonym_key: str) -> str:
    """Name the books that start with these files: the same on every day and every machine.

    Args:
        opening_sha256s: checksums of the files of the first batch, in any order.
        pseudonym_key: entries name lines by pseudonyms of this key.
    """
    key = hashlib.sha256(f"book:{pseudonym_key}".encode()).hexdigest()
    return hashlib.sha256("\n".join([key, *sorted(opening_sha256s)]).encode()).hexdigest()[:16]


def bring(settings: Settings, book: str, as_of: dt.date) -> int:
    """Copy the entries published for these books and known by the day; returns their number.

    The newest of the generations with the latest as-of day carries all that was published before
    it; replays of earlier days that were published since may hold corrections of their own. Entries
    from before a change of keys come under the names that their lines have now.
    """
    found = _generations_of(settings, book)
    if not found:
        return 0
    latest = max(each.as_of for each in found)
    base = max(position for position, each in enumerate(found) if each.as_of == latest)
    columns = ", ".join(COLUMNS)
    with duckdb.connect(str(settings.work_db)) as connection:
        connection.execute("create schema if not exists published")
        for number, each in enumerate(found[base:]):
            connection.execute(f"attach {literal(str(each.path))} as generation (read_only)")
            connection.execute(
                f"create or replace temp table brought as select {columns} "  # noqa: S608
                f"from generation.{_LEDGER} where known_from <= {literal(str(as_of))}"
            )
            connection.execute("detach generation")
            for renaming in each.renamings:
                _rename(connection, renaming)
            if number == 0:
                connection.execute(f"create or replace table {_TABLE} as from brought")
            else:
                connection.execute(
                    f"insert into {_TABLE} from brought "  # noqa: S608
                    f"where entry_id not in (select entry_id from {_TABLE})"
                )
        connection.execute(_published_to(latest))
        ((count,),) = connection.execute(f"select count(*) from {_TABLE}").fetchall()  # noqa: S608
    return int(count)


def bring_on(settings: Settings, book: str, as_of: dt.date) -> tuple[int, bool]:
    """Bring the same, where the batch before left its own: only entries that came are copied.

    Nothing is believed of what stands there: entries are told apart by all their columns, and where
    any of them is not in the generation all are brought.

    Returns:
        The number of entries, and whether they, or the day that they are published to, may be
        others than those that stood.
    """
    found = _generations_of(settings, book)
    if not found:
        return 0, False
    latest = max(each.as_of for each in found)
    columns = ", ".join(COLUMNS)
    known = f"from generation.{_LEDGER} where known_from <= {literal(str(as_of))}"
    if found[-1].as_of == latest and not found[-1].renamings:
        with duckdb.connect(str(settings.work_db)) as connection:
            stood = connection.execute(f"select published_to from {_DAYS}").fetchall()  # noqa: S608
            connection.execute(f"attach {literal(str(found[-1].path))} as generation (read_only)")
            ((came,),) = connection.execute(
                f"insert into {_TABLE} ({columns}) select {columns} {known} "  # noqa: S608
                f"and hash({columns}) not in (select hash({columns}) from {_TABLE})"
            ).fetchall()
            connection.execute(_published_to(latest))
            counts = f"(select count(*) from {_TABLE}), (select count(*) {known})"  # noqa: S608
            ((stand, published),) = connection.execute(f"select {counts}").fetchall()
        if stand == published:
            return stand, came > 0 or stood != [(latest,)]
    return bring(settings, book, as_of), True


def _published_to(day: dt.date) -> str:
    text = literal(str(day))
    return f"create or replace table {_DAYS} as select cast({text} as date) as published_to"


def newest_of(settings: Settings, book: str) -> Path | None:
    """Find the generation that a next batch of these books goes on from; None if there is none."""
    found = _generations_of(settings, book)
    if not found:
        return None
    latest = max(each.as_of for each in found)
    return next(each.path for each in reversed(found) if each.as_of == latest)


@dataclass(frozen=True, slots=True)
class _Generation:
    """A generation of the books; `renamings` lead the lines of its entries to today's names."""

    as_of: dt.date
    path: Path
    renamings: tuple[Path, ...]


def _generations_of(settings: Settings, book: str) -> list[_Generation]:
    """List the generations of these books, in the order of publishing."""
    books = vault.books_before(settings, book)
    found = []
    for generation in publishing.generations(settings):
        facts = _facts_of(generation.path)
        if facts.book in books:
            found.append(_Generation(facts.as_of_date, generation.path, books[facts.book]))
    return found


def _facts_of(generation: Path) -> candidate.Published:
    """Read what a generation says; the books do not go on without one that cannot be read."""
    try:
        return candidate.read_facts(generation)
    except duckdb.Error as error:
        raise NotPublishable(
            f"A published generation cannot be read: {str(error).splitlines()[0]}",
            str(generation),
            "restore it from a backup; or move it out of the folder, and the books go on without "
            "what it alone published (docs/runbook.md, Roll back)",
        ) from error


def _rename(connection: duckdb.DuckDBPyConnection, renaming: Path) -> None:
    """Give lines the pseudonyms of the next key, also where one is part of an entry's name."""
    connection.execute(f"attach {literal(str(renaming))} as renaming (read_only)")
    named_after_line = {
        name: f"replace(brought.{name}, '-' || old_key, '-' || new_key)"
        for name in _NAMED_AFTER_LINE
    }
    columns = {name: f"brought.{name}" for name in COLUMNS}
    columns |= {
        name: f"case when new_key is null then brought.{name} else {renamed} end"
        for name, renamed in named_after_line.items()
    }
    columns["line_key"] = "coalesce(new_key, brought.line_key)"
    listed = ", ".join(f"{text} as {name}" for name, text in columns.items())
    connection.execute(
        f"create or replace temp table brought as select {listed} from brought "  # noqa: S608
        "left join renaming.pseudonyms on kind = 'line' and brought.line_key = old_key"
    )
    connection.execute("detach renaming")
