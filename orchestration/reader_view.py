"""What readers see now, and whether a run could show them anything else.

Belongs here: what published generations say of their making, compared with what is delivered and
with the registers and the code as they stand. Does not belong here: making generations (publishing,
candidate), or when to run (schedules, sensors).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from orchestration import candidate, fingerprints, publishing
from orchestration.errors import NotPublishable

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from orchestration.delivered import Delivered
    from orchestration.settings import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """What one generation is made of; checksums are empty where an old generation has none."""

    generation_id: str
    as_of_date: dt.date
    is_demo: bool
    run_id: str
    code_version: str
    delivery_sha256: str
    reference_sha256: str

    def is_made_of(self, delivery_sha256: str, reference_sha256: str) -> bool:
        """Whether it was built of exactly these files and these registers."""
        return self.delivery_sha256 == delivery_sha256 and self.reference_sha256 == reference_sha256


def current(settings: Settings) -> Shown | None:
    """Read what readers see; None before the first generation."""
    try:
        path = settings.current_db.resolve(strict=True)
    except FileNotFoundError:
        return None
    return _read(path)


def kept(settings: Settings) -> tuple[Shown, ...]:
    """Read all generations that are still there, oldest first."""
    return tuple(_read(each.path) for each in publishing.generations(settings))


def what_is_delivered(settings: Settings, found: Delivered, day: dt.date) -> str:
    """Say what was delivered, as known at a day, that readers do not see yet; empty for nothing."""
    seen = current(settings)
    if seen is None:
        return "nothing is published yet"
    if seen.as_of_date < day:
        return f"the batch of {day}, published is {seen.as_of_date}"
    if seen.delivery_sha256 != found.sha256(max(day, seen.as_of_date)):
        return f"files of {day} or before that were delivered or corrected since"
    return ""


def what_is_new(settings: Settings, found: Delivered, day: dt.date) -> str:
    """Say what a run as of a day would change for readers; empty for nothing."""
    new = what_is_delivered(settings, found, day)
    seen = current(settings)
    if new or seen is None:
        return new
    if seen.reference_sha256 != fingerprints.of_folder(settings.reference):
        return "rules or registers that changed"
    version = candidate.code_version()
    return "" if seen.code_version == version else f"another version of the code, {version}"


def _read(path: Path) -> Shown:
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            ((generation, as_of, is_demo, run_id, version, further),) = connection.execute(
                "select generation_id, as_of_date, is_demo, run_id, code_version, further_facts "  # noqa: S608
                f"from {candidate.FACTS_TABLE}"
            ).fetchall()
    except duckdb.Error as error:
        raise NotPublishable(
            "A published generation cannot be read",
            str(path),
            "readers go back to another one with make rollback; docs/runbook.md, Roll back",
        ) from error
    facts = json.loads(further)
    return Shown(
        generation_id=generation,
        as_of_date=as_of,
        is_demo=is_demo,
        run_id=run_id,
        code_version=version,
        delivery_sha256=facts.get("delivery_sha256", ""),
        reference_sha256=facts.get("reference_sha256", ""),
    )
