"""The ledger as published so far, put where the models of a run can read it.

Belongs here: which generations belong to the same books, and copying their entries into the work
database. Does not belong here: what an entry means, or what becomes of it: that is the models'.

An entry that was published is never edited: whatever a later run thinks of it becomes a reversal
beside it. So a run starts from the entries of the generations before it. Books are the exports of
one operator from one opening batch under one pseudonym key; other exports in the same build
directory are other books.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import candidate, publishing
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

_TABLE: Final = "published.ledger_entries"
_DAYS: Final = "published.ledger_days"
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
    it; replays of earlier days that were published since may hold corrections of their own.
    """
    found = _generations_of(settings, book)
    if not found:
        return 0
    latest = max(day for day, _ in found)
    base = max(position for position, (day, _) in enumerate(found) if day == latest)
    columns = ", ".join(COLUMNS)
    with duckdb.connect(str(settings.work_db)) as connection:
        connection.execute("create schema if not exists published")
        for number, (_, path) in enumerate(found[base:]):
            name = f"generation_{number}"
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
            known = (
                f"select {columns} from {name}.{_LEDGER} where known_from <= {literal(str(as_of))}"  # noqa: S608
            )
            if number == 0:
                connection.execute(f"create or replace table {_TABLE} as {known}")
            else:
                connection.execute(
                    f"insert into {_TABLE} {known} "  # noqa: S608
                    f"and entry_id not in (select entry_id from {_TABLE})"
                )
            connection.execute(f"detach {name}")
        connection.execute(
            f"create or replace table {_DAYS} as "
            f"select cast({literal(str(latest))} as date) as published_to"
        )
        ((count,),) = connection.execute(f"select count(*) from {_TABLE}").fetchall()  # noqa: S608
    return int(count)


def _generations_of(settings: Settings, book: str) -> list[tuple[dt.date, Path]]:
    """As-of day and file of the generations of these books, in the order of publishing."""
    found = []
    for generation in publishing.generations(settings):
        facts = candidate.read_facts(generation.path)
        if facts.book == book:
            found.append((facts.as_of_date, generation.path))
    return found
