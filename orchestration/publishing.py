"""Publishing: the candidate that passed every gate becomes the generation that readers open.

Belongs here: the file-system protocol. Does not belong here: what is inside the files (candidate,
public_file), the decision to publish (the gates), the record of it (audit_trail).

A generation is a pair of DuckDB files, never written again: all marts for readers inside, and the
public ones alone for everybody. `current.duckdb` and `public.duckdb` are links to the newest pair.
The page that is made of it later (briefing_page) comes and goes with it, as does its link.
Each is swapped in one step, so that a reader opens the old or the new file whole. DuckDB caches
open databases by resolved path: a process that reads the old one opens the new one too.

The link for inside is swapped first. Who opens both in between, or after a publisher was killed
there, sees an older public file beside a newer one for inside, and of a roll-back the reverse; both
say which generation they are, and the next run that starts puts the public link right (`recover`).
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orchestration import (
    audit_records,
    audit_trail,
    books_kept,
    candidate,
    clock,
    file_modes,
    fingerprints,
    links,
    public_file,
)
from orchestration.audit_records import Event
from orchestration.errors import NotPublishable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestration.settings import Settings

_SUFFIX: Final = ".duckdb"
_PUBLIC_SUFFIX: Final = ".public.duckdb"
_BRIEFING_SUFFIX: Final = ".briefing.html"
_STAMP: Final = "%Y%m%dT%H%M%S%f"
_ID: Final = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")

#: Further fact of a generation: the one that readers saw until then, which a roll-back returns to.
REPLACES_FACT: Final = "replaces"


@dataclass(frozen=True, slots=True)
class Generation:
    """One published generation; `path` is the file with all marts."""

    generation_id: str
    path: Path
    is_current: bool

    @property
    def public_path(self) -> Path:
        """The file with the public marts; generations of before there were any lack it."""
        return self.path.with_name(f"{self.generation_id}{_PUBLIC_SUFFIX}")

    @property
    def briefing_path(self) -> Path:
        """The page that tells it; made after publishing, and again at any time (briefing_page)."""
        return self.path.with_name(f"{self.generation_id}{_BRIEFING_SUFFIX}")

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are there and on record."""
        return tuple(path for path in (self.path, self.public_path) if path.exists())


def new_generation_id(settings: Settings, now: dt.datetime | None = None) -> str:
    """Give a name that no generation has and that sorts after all of them.

    Args:
        settings: names the folder of the generations.
        now: Korean time without zone; None asks the clock. A clock that went back does not matter.
    """
    stamp = now or clock.now()
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
        facts: `candidate.REQUIRED_FACTS`, optionally `code_version` and `public_marts`, and
            anything else to keep.
        move_readers: False keeps readers on the current generation and this one beside it.

    Returns:
        The file of the new generation.

    Raises:
        NotPublishable: the candidate is missing or incomplete; the current generation stays.
        DatabaseLocked: another process holds the candidate.
        ValueError: a fact is missing, or the id is malformed or taken.
    """
    made = Generation(generation_id, settings.published_dir / f"{generation_id}{_SUFFIX}", False)
    missing = [name for name in candidate.REQUIRED_FACTS if name not in facts]
    if missing or not _ID.fullmatch(generation_id) or made.files:
        raise ValueError(f"cannot publish {generation_id!r}: taken, malformed or without {missing}")
    file_modes.prepare(settings)
    recover(settings)
    counts = candidate.complete(settings.candidate_db, generation_id, facts)
    with ThreadPoolExecutor(max_workers=1) as aside:
        # Nothing writes to the candidate from here on: it is hashed beside what only reads it.
        digest = aside.submit(fingerprints.of_file, settings.candidate_db)
        candidate.verify(settings.candidate_db, counts)
        public = settings.work_dir / f"candidate{_PUBLIC_SUFFIX}"
        counts = public_file.write(
            settings.candidate_db, public, facts.get(candidate.PUBLIC_MARTS_FACT, ())
        )
        candidate.verify(public, counts)
    for path in (public, settings.candidate_db):
        links.sync(path)
    record = _made_of(facts) | {
        "files": {
            made.path.name: digest.result(),
            made.public_path.name: fingerprints.of_file(public),
        }
    }
    audit_trail.append(settings, Event("published", generation_id, record))
    public.rename(made.public_path)
    made.public_path.chmod(file_modes.PUBLIC_GENERATION)
    settings.candidate_db.rename(made.path)
    # Not before: a candidate that nobody may write would be in the way of the next batch.
    made.path.chmod(file_modes.INTERNAL_GENERATION)
    links.sync(settings.published_dir)
    replaced = _current_name(settings)
    if move_readers or replaced is None:
        _point_readers_to(settings, made)
    else:
        audit_trail.append(settings, Event("readers_moved", replaced.removesuffix(_SUFFIX)))
    _remove_old(settings, replaced)
    return made.path


def make_current(settings: Settings, generation_id: str) -> Path:
    """Point readers to a generation published before; to be called under the batch lock.

    Readers outside go with those inside. A generation without a public file leaves them without
    one: what is taken back inside is not to stand outside.

    Raises:
        NotPublishable: there is no such generation, or its file is not the one that was published.
    """
    recover(settings)
    for generation in generations(settings):
        if generation.generation_id == generation_id:
            if spoiled := not_as_published(settings, *generation.files):
                raise NotPublishable(
                    spoiled,
                    str(settings.published_dir),
                    "choose another one with TO=<generation>; make trail tells what is on record",
                )
            audit_trail.append(settings, Event("rolled_to", generation_id))
            _point_readers_to(settings, generation)
            return generation.path
    raise NotPublishable(
        f"There is no generation {generation_id}",
        str(settings.published_dir),
        "choose one of: "
        + (", ".join(each.generation_id for each in generations(settings)) or "(none published)"),
    )


def recover(settings: Settings) -> None:
    """Finish what a killed publisher left; to be called under the batch lock, before anything else.

    Links half made go, a public file or a page without the file for inside goes, the other links
    follow the one for inside, and a generation that never came to be is on record as such.
    """
    folder = settings.published_dir
    if not folder.is_dir():
        return
    for left in folder.glob(f"{links.PREFIX}*"):
        left.unlink()
    for suffix in (_PUBLIC_SUFFIX, _BRIEFING_SUFFIX):
        for beside in folder.glob(f"*{suffix}"):
            if not beside.with_name(beside.name.removesuffix(suffix) + _SUFFIX).exists():
                beside.unlink()
    found = generations(settings)
    _start_trail(settings, found)
    for generation_id in _never_came_to_be(settings, {each.generation_id for each in found}):
        audit_trail.append(settings, Event("abandoned", generation_id))
    _finish_move(settings, next((each for each in found if each.is_current), None))


def _finish_move(settings: Settings, current: Generation | None) -> None:
    """Take readers outside along where a kill came in between; a link moved by hand goes on record.

    Otherwise the next publishing would put the link right and leave no trace of it.
    """
    moved_to, announced = audit_records.moves(audit_trail.read(settings))
    found = current.generation_id if current else ""
    if current and found in announced:
        _point_readers_to(settings, current)
    elif found != moved_to:
        what = f"current.duckdb was found to lead to {found or 'nothing'}, not to {moved_to}"
        audit_trail.append(settings, audit_records.break_found(what))


def _start_trail(settings: Settings, found: Sequence[Generation]) -> None:
    """Put generations of before there was a trail on record as they are."""
    if not found or audit_trail.trail_file(settings).exists():
        return
    files = {path.name: fingerprints.of_file(path) for each in found for path in each.files}
    current = next((each.generation_id for each in found if each.is_current), "")
    audit_trail.append(settings, Event("trail_started", current, {"files": files}))


def _never_came_to_be(settings: Settings, there: set[str]) -> set[str]:
    """Find generations on record as published that a kill came before, since readers moved last."""
    announced: set[str] = set()
    for record in audit_trail.read(settings):
        if record.kind == "readers_moved":
            announced.clear()
        elif record.kind == "published":
            announced.add(record.generation_id)
        elif record.kind == "abandoned":
            announced.discard(record.generation_id)
    return announced - there


def _made_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Name code, day and checksums of the inputs, for the audit trail."""
    names = ("as_of_date", "run_id", "delivery_sha256", "reference_sha256", "is_demo")
    made_of = {name: str(facts[name]) for name in names if name in facts}
    return {"code_version": facts.get("code_version") or candidate.code_version(), **made_of}


def _point_readers_to(settings: Settings, generation: Generation) -> None:
    links.follow(settings.current_db, generation.path)
    links.follow(settings.public_db, generation.public_path)
    links.follow(settings.briefing_page, generation.briefing_path)
    audit_trail.append(settings, Event("readers_moved", generation.generation_id))


def _remove_old(settings: Settings, replaced: str | None) -> None:
    """Remove generations beyond the number kept.

    The generation just replaced always stays: a reader may be about to open it. So do those that
    books go on from, or what was published could not be carried on.
    """
    by_worth = sorted(
        generations(settings),
        key=lambda each: (each.is_current, each.path.name == replaced, each.generation_id),
        reverse=True,
    )
    needed = books_kept.needed(settings, by_worth)
    for generation in by_worth[max(settings.keep_generations, 2) :]:
        if generation.path not in needed:
            remove(settings, generation)


def remove(settings: Settings, generation: Generation) -> None:
    """Remove a generation, and say so in the audit trail; who has it open keeps it."""
    on_record = audit_trail.files_on_record(settings)
    for path in generation.files:
        # The last chance to see it.
        if fingerprints.of_file(path) != on_record.get(path.name):
            what = f"{path.name} was not the file that was published when it was removed"
            audit_trail.append(settings, audit_records.break_found(what))
    audit_trail.append(settings, Event("removed", generation.generation_id))
    for path in (*generation.files, generation.briefing_path):
        path.unlink(missing_ok=True)


def not_as_published(settings: Settings, *paths: Path) -> str:
    """Tell which published file is not the one on record, or on none; empty where all are."""
    on_record = audit_trail.files_on_record(settings)
    for path in paths:
        if path.name not in on_record:
            return f"{path.name} stands there and is on no record"
        if on_record[path.name] != fingerprints.of_file(path):
            return f"{path.name} is not the file that was published"
    return ""


def _current_name(settings: Settings) -> str | None:
    return links.target(settings.current_db)
