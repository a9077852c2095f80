"""Which generations the books still need, however many are kept.

Belongs here: finding them. Does not belong here: removing the others (publishing), carrying entries
over (published_ledger).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from orchestration import candidate, vault
from orchestration.sql_text import literal

LEDGER = "compensation.fct_ledger_entries"

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from orchestration.publishing import Generation
    from orchestration.settings import Settings


def needed(settings: Settings, kept: Sequence[Generation]) -> set[Path]:
    """Find the newest generation of the latest as-of day of each of the books, and what adds to it.

    Replays of earlier days that were published since may hold entries of their own, which the next
    batch takes over; they stay until it has. Books of generated exports count only while they are
    the current ones.
    """
    latest: dict[str, tuple[dt.date, str, Path]] = {}
    read = [(each, facts) for each in kept if (facts := _readable_facts(each.path))]
    current = next((facts.book for each, facts in read if each.is_current), "")
    for generation, facts in read:
        if facts.book and (not facts.is_demo or facts.book == current):
            found = (facts.as_of_date, generation.generation_id, generation.path)
            latest[facts.book] = max(found, latest.get(facts.book, found))
    for book in list(latest):
        # Rotated books go on from those of the new key, once they have come as far.
        followed = latest.get(vault.successor(settings, book))
        if followed and followed[0] >= latest[book][0]:
            del latest[book]
    bases = {path for _, _, path in latest.values()}
    return bases | {
        generation.path
        for generation, facts in read
        if facts.book in latest
        and generation.generation_id > latest[facts.book][1]
        and _adds_to(latest[facts.book][2], generation.path)
    }


def _adds_to(base: Path, replay: Path) -> bool:
    """Tell whether a generation holds entries of the ledger that the other one does not."""
    with duckdb.connect() as connection:
        for name, path in (("base", base), ("replay", replay)):
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
        try:
            ((adds,),) = connection.execute(
                f"select exists (select entry_id from replay.{LEDGER} "  # noqa: S608
                f"where entry_id not in (select entry_id from base.{LEDGER}))"
            ).fetchall()
        except duckdb.CatalogException:
            return False  # no ledger, no entries
    return bool(adds)


def _readable_facts(path: Path) -> candidate.Published | None:
    """Read what a generation says; of one that was spoiled nothing can go on."""
    try:
        return candidate.read_facts(path)
    except duckdb.Error:
        return None
