"""Batch dates as partitions: a run of partition D makes the warehouse as of D.

Belongs here: which keys there are, and which day a run works on. Does not belong here: what was
delivered (delivered), what is built.

Keys are batch dates that were delivered, so no day is written down anywhere and a day without a
batch has no key to run. Only what is kept for each day is partitioned: the published generation.
Tables of the work area exist as of one day only, that of the last run.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import candidate, delivered, manifests, vault
from orchestration.errors import BadInput
from orchestration.retries import final_failure

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from orchestration.settings import Settings

#: Tag in which Dagster records the partition of a run.
PARTITION_TAG = "dagster/partition"

#: Tag of a run: `follow` shows its generation to readers even if they see a later day now.
READERS_TAG = "aftermath/readers"
FOLLOW = "follow"

_NAME = "batch_dates"
BATCH_DATES = dg.DynamicPartitionsDefinition(name=_NAME)


def register(instance: dg.DagsterInstance, days: Iterable[dt.date]) -> None:
    """Make partitions of batch dates that have none yet."""
    known = set(instance.get_dynamic_partitions(_NAME))
    new = {day.isoformat() for day in days} - known
    if new:
        instance.add_dynamic_partitions(_NAME, sorted(new))


def prepare(instance: dg.DagsterInstance, settings: Settings) -> str | None:
    """Make the partitions of all batch dates delivered; returns that of a run of these settings.

    None if no batch is known at the as-of day: intake, which reads all of it, says why.
    """
    with suppress(BadInput):
        found = delivered.look(settings)
        register(instance, found.days)
        return _of_run(settings, found)
    return None


def of_run(settings: Settings) -> str | None:
    """Give the partition of a run of these settings, as `prepare` does, and change nothing."""
    with suppress(BadInput):
        return _of_run(settings, delivered.look(settings))
    return None


def _of_run(settings: Settings, found: delivered.Delivered) -> str | None:
    """Give the newest batch date known at the as-of day, which is that of the newest by default."""
    if not found.days:
        return None
    if not settings.as_of and any(each.has_manifest for each in found.waiting):
        # The newest day is not what was delivered last: intake says what is wrong with it.
        return None
    as_of = manifests.day(settings.as_of) if settings.as_of else found.days[-1]
    day = found.day_known_at(as_of) if as_of else None
    return day.isoformat() if day else None


def pinned(settings: Settings, tags: Mapping[str, str]) -> Settings:
    """Let the partition of a run set its as-of day.

    Raises:
        BadInput: AFTERMATH_AS_OF says another day.
    """
    partition = tags.get(PARTITION_TAG, "")
    if not partition:
        return settings
    if not settings.as_of:
        return replace(settings, as_of=partition)
    if _of_run(settings, delivered.look(settings)) != partition:
        raise BadInput(
            f"The run is of {partition}, but AFTERMATH_AS_OF={settings.as_of} fixes another day",
            "AFTERMATH_AS_OF of the process that serves the page and the daemon",
            "start it without AFTERMATH_AS_OF: there, the partition of a run is its day",
        )
    return settings


def require_day(settings: Settings, as_of_date: dt.date) -> None:
    """Refuse to go on from a work area that was built as of another day than the run is of.

    Raises:
        dagster.Failure: the days differ.
    """
    if settings.as_of and settings.as_of != as_of_date.isoformat():
        raise final_failure(
            f"The run is of {settings.as_of}, but the work area was built as of {as_of_date}. "
            f"Run the whole job for {settings.as_of}: its tables stand as of one day only."
        )


def readers_may_move(settings: Settings, tags: Mapping[str, str], book: str, day: dt.date) -> bool:
    """Whether readers are shown a new generation: never one of an earlier day of the same books.

    A run that carries the tag to follow is shown whatever its day: somebody asked for that day.
    """
    if tags.get(READERS_TAG) == FOLLOW or not settings.current_db.exists():
        return True
    seen = candidate.read_facts(settings.current_db.resolve())
    if seen.book not in vault.books_before(settings, book):
        return True
    # A day without a batch may have been asked for, by mistake in a year to come: what readers see
    # is as new as the newest batch.
    return min(seen.as_of_date, max(delivered.look(settings).days, default=day)) <= day
