"""Publishing: the candidate that passed every gate becomes the generation that readers open.

Belongs here: the file-system protocol. Does not belong here: what is inside the file (candidate),
the decision to publish (the gates).

A generation is one DuckDB file, never written again. `current.duckdb` is a link to the newest one
and is swapped in one step, so that a reader opens the old or the new generation whole. DuckDB
caches open databases by resolved path: a process that reads the old one opens the new one too.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from orchestration import candidate
from orchestration.errors import NotPublishable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestration.settings import Settings

_SUFFIX: Final = ".duckdb"
_STAMP: Final = "%Y%m%dT%H%M%S%f"
_ID: Final = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_LINK_PREFIX: Final = ".current."
_KST: Final = ZoneInfo("Asia/Seoul")

#: Further fact of a generation: the one that readers saw until then, which a roll-back returns to.
REPLACES_FACT: Final = "replaces"


@dataclass(frozen=True, slots=True)
class Generation:
    """One published generation."""

    generation_id: str
    path: Path
    is_current: bool


def new_generation_id(settings: Settings, now: dt.datetime | None = None) -> str:
    """Give a name that no generation has and that sorts after all of them.

    Args:
        settings: names the folder of the generations.
        now: Korean time without zone; None asks the clock. A clock that went back does not matter.
    """
    stamp = now or dt.datetime.now(_KST).replace(tzinfo=None)
    published = generations(settings)
    if published:
        newest = dt.datetime.strptime(published[-1].generation_id.split("-")[0], _STAMP)  # noqa: DTZ007
        stamp = max(stamp, newest + dt.timedelta(microseconds=1))
    return f"{stamp.strftime(_STAMP)}-{secrets.token_hex(4)}"


def generations(settings: Settings) -> tuple[Generation, ...]:
    """List the generations, oldest first; each is whole and can be made current.

    A publisher killed just before its last step leaves one that never was current.
    """
    current = _current_name(settings)
    try:
        names = sorted(path.name for path in settings.published_dir.iterdir())
    except FileNotFoundError:
        return ()
    return tuple(
        Generation(name.removesuffix(_SUFFIX), settings.published_dir / name, name == current)
        for name in names
        if name.endswith(_SUFFIX) and _ID.fullmatch(name.removesuffix(_SUFFIX))
    )


def current_id(settings: Settings) -> str:
    """Name the generation that readers open; empty before the first one."""
    return (_current_name(settings) or "").removesuffix(_SUFFIX)


def publish(
    settings: Settings,
    generation_id: str,
    facts: Mapping[str, Any],
    *,
    move_readers: bool = True,
) -> Path:
    """Make the candidate the current generation; to be called under the batch lock.

    Args:
        settings: where the candidate and the generations are.
        generation_id: from `new_generation_id`.
        facts: `candidate.REQUIRED_FACTS`, optionally `code_version`, and anything else to keep.
        move_readers: False keeps readers on the current generation and this one beside it.

    Returns:
        The file of the new generation.

    Raises:
        NotPublishable: the candidate is missing or incomplete; the current generation stays.
        DatabaseLocked: another process holds the candidate.
        ValueError: a fact is missing, or the id is malformed or taken.
    """
    target = settings.published_dir / f"{generation_id}{_SUFFIX}"
    missing = [name for name in candidate.REQUIRED_FACTS if name not in facts]
    if missing or not _ID.fullmatch(generation_id) or target.exists():
        raise ValueError(f"cannot publish {generation_id!r}: taken, malformed or without {missing}")
    counts = candidate.complete(settings.candidate_db, generation_id, facts)
    candidate.verify(settings.candidate_db, counts)
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    _sync(settings.candidate_db)
    settings.candidate_db.rename(target)
    # Not before: a candidate that nobody may write would be in the way of the next batch.
    target.chmod(0o444)
    _sync(settings.published_dir)
    replaced = _current_name(settings)
    if move_readers or replaced is None:
        _point_to(settings, target.name)
    _remove_old(settings, replaced)
    return target


def make_current(settings: Settings, generation_id: str) -> Path:
    """Point readers to a generation published before; to be called under the batch lock.

    Raises:
        NotPublishable: there is no such generation.
    """
    for generation in generations(settings):
        if generation.generation_id == generation_id:
            _point_to(settings, generation.path.name)
            return generation.path
    raise NotPublishable(
        f"There is no generation {generation_id}",
        str(settings.published_dir),
        "choose one of: "
        + (", ".join(each.generation_id for each in generations(settings)) or "(none published)"),
    )


def _point_to(settings: Settings, name: str) -> None:
    link = settings.published_dir / f"{_LINK_PREFIX}{secrets.token_hex(4)}"
    link.symlink_to(name)
    link.replace(settings.current_db)
    _sync(settings.published_dir)


def _remove_old(settings: Settings, replaced: str | None) -> None:
    """Remove generations beyond the number kept, and links that a killed publisher left.

    The generation just replaced always stays: a reader may be about to open it. So do those that
    books go on from, or what was published could not be carried on.
    """
    for left in settings.published_dir.glob(f"{_LINK_PREFIX}*"):
        left.unlink()
    by_worth = sorted(
        generations(settings),
        key=lambda each: (each.is_current, each.path.name == replaced, each.generation_id),
        reverse=True,
    )
    needed = _books_go_on_from(by_worth)
    for generation in by_worth[max(settings.keep_generations, 2) :]:
        if generation.path not in needed:
            generation.path.unlink()  # who has it open keeps it


def _books_go_on_from(kept: Sequence[Generation]) -> set[Path]:
    """Find the newest generation of the latest as-of day of each of the books.

    Books of generated exports count only while they are the current ones.
    """
    latest: dict[str, tuple[dt.date, str, Path]] = {}
    current = next((candidate.read_facts(each.path).book for each in kept if each.is_current), "")
    for generation in kept:
        facts = candidate.read_facts(generation.path)
        if facts.book and (not facts.is_demo or facts.book == current):
            found = (facts.as_of_date, generation.generation_id, generation.path)
            latest[facts.book] = max(found, latest.get(facts.book, found))
    return {path for _, _, path in latest.values()}


def _current_name(settings: Settings) -> str | None:
    try:
        return settings.current_db.readlink().name
    except FileNotFoundError:
        return None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
