"""`python -m orchestration.rollback [--to GENERATION]`: readers return to an older generation.

Belongs here: which generation is the one before, and what is told of the change. Does not belong
here: the swap of the links and its record (publishing, audit_trail), what the next run carries over
from generations that readers no longer see (published_ledger).

Nothing is removed and nothing is built: the links are swapped, under the batch lock. What the newer
generation published has been seen, so the ledger of the next run still carries its entries.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import audit_trail, batch_lock, candidate, publishing
from orchestration.errors import NotPublishable, OperatorError
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST_COMMAND: Final = "make rollback LIST=1 shows them"


@dataclass(frozen=True, slots=True)
class Entry:
    """A generation as the list shows it.

    `replaces` is empty for the first of a build directory, `trouble` for one that can be read.
    """

    generation_id: str
    is_current: bool
    as_of: str = "an unknown day"
    code_version: str = "unknown"
    replaces: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What a roll-back changed."""

    left: Entry
    now: Entry


def entries(settings: Settings) -> tuple[Entry, ...]:
    """List the generations, oldest first; one that is damaged is in nobody's way."""
    return tuple(_read(each) for each in publishing.generations(settings))


def roll_back(settings: Settings, wanted: str = "") -> RolledBack:
    """Point readers to the wanted generation, or to the one that the current one replaced.

    Args:
        settings: names the folder of the generations.
        wanted: name of a generation; empty means the one before.

    Raises:
        BatchRunning: a batch is under way; it would publish over this.
        NotPublishable: there is no such generation, it is damaged, or it is the current one.
    """
    with batch_lock.hold(settings):
        found = entries(settings)
        current = next((each for each in found if each.is_current), None)
        if current is None:
            raise NotPublishable(
                "Nothing is published, so there is nothing to return from",
                str(settings.current_db),
                "run the batch first: make run",
            )
        target = _chosen(settings, found, current, wanted)
        publishing.make_current(settings, target.generation_id)
    return RolledBack(left=current, now=target)


def _chosen(settings: Settings, found: Sequence[Entry], current: Entry, wanted: str) -> Entry:
    """Find the wanted generation among those found.

    The one before is the one that readers saw before, not the one whose name comes before: a
    publisher killed just before the swap leaves one that nobody ever saw.
    """
    wanted = wanted.removesuffix(".duckdb")
    by_id = {each.generation_id: each for each in found}
    if wanted == current.generation_id:
        raise NotPublishable(
            f"Readers see {wanted} already",
            str(settings.current_db),
            f"choose another: {_LIST_COMMAND}",
        )
    if wanted:
        if wanted in by_id:
            return _readable(settings, by_id[wanted])
        raise NotPublishable(
            f"There is no generation {wanted}", str(settings.published_dir), _LIST_COMMAND
        )
    if current.replaces in by_id:
        return _readable(settings, by_id[current.replaces])
    # Retention has removed that one, or the current one cannot tell: the newest older one that
    # readers saw, if any is known.
    older = [
        each for each in found if each.generation_id < current.generation_id and not each.trouble
    ]
    seen = {
        record.generation_id
        for record in audit_trail.read(settings)
        if record.kind == "readers_moved"
    }
    older = [each for each in older if each.generation_id in seen] or older
    if older:
        return older[-1]
    raise NotPublishable(
        f"There is no generation before {current.generation_id}",
        str(settings.published_dir),
        "choose a newer one with --to, or run the batch again as of an earlier day",
    )


def _readable(settings: Settings, entry: Entry) -> Entry:
    if entry.trouble:
        raise NotPublishable(
            f"Generation {entry.generation_id} cannot be opened: {entry.trouble}",
            str(settings.published_dir),
            f"choose another ({_LIST_COMMAND}), and look for a failing disk",
        )
    return entry


def _read(generation: publishing.Generation) -> Entry:
    try:
        with duckdb.connect(str(generation.path), read_only=True) as connection:
            ((as_of_date, code_version, further),) = connection.execute(
                f"select as_of_date, code_version, further_facts from {candidate.FACTS_TABLE}"  # noqa: S608
            ).fetchall()
    except duckdb.Error as error:
        return Entry(
            generation.generation_id, generation.is_current, trouble=str(error).splitlines()[0]
        )
    return Entry(
        generation_id=generation.generation_id,
        is_current=generation.is_current,
        as_of=str(as_of_date),
        code_version=code_version,
        replaces=json.loads(further).get(publishing.REPLACES_FACT, ""),
    )


def told(change: RolledBack) -> str:
    """Word a roll-back for the operator."""
    return (
        f"Readers see {change.now.generation_id} (as of {change.now.as_of}) again, "
        f"in place of {change.left.generation_id} (as of {change.left.as_of}).\n"
        "Who has the other one open keeps it until the next connection.\n"
        "The next batch publishes over this: switch the schedule off until the cause is gone.\n"
        "What both published of the ledger stays in the books: the next batch carries every entry "
        "of either on, and takes back in sight what it thinks of differently.\n"
        f"Undo: make rollback TO={change.left.generation_id}"
    )


def listed(found: Sequence[Entry]) -> str:
    """Word the list of generations, newest first."""
    seen = {each.replaces for each in found} | {
        each.generation_id for each in found if each.is_current
    }
    newest_first = sorted(found, key=lambda each: each.generation_id, reverse=True)
    lines = [
        f"{'*' if each.is_current else ' '} {each.generation_id}  as of {each.as_of}  "
        f"code {each.code_version}"
        + ("" if each.generation_id in seen else "  (no later one took over from it)")
        + (f"  DAMAGED: {each.trouble}" if each.trouble else "")
        for each in newest_first
    ]
    return "\n".join(lines) or "none published"


def main(argv: Sequence[str] | None = None) -> int:
    """Roll back, or list what can be rolled back to; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.rollback",
        description="Point readers to an older generation; nothing is removed.",
    )
    parser.add_argument("--to", default="", metavar="GENERATION", help="default: the one before")
    parser.add_argument("--list", action="store_true", help="show the generations and leave")
    given = parser.parse_args(argv)
    try:
        settings = Settings.from_env()
        if given.list:
            print(listed(entries(settings)))
        else:
            print(told(roll_back(settings, given.to)))
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
