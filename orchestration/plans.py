"""Whether a batch builds everything anew or only what arrived, and why.

Belongs here: that decision, as a function of what stands in the work area and of what was
delivered. Does not belong here: carrying it out (work_area, scope), the record itself (standing).

Built anew is always right. Only what arrived is built where nothing else can have changed: the same
code, rules and key, the same files as before and some more, and no day has come on which a register
begins to say something. Of the bundled sample that is built what is made of a changed seed, model
or test: rows of a table are not told apart.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from orchestration import standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestration.standing import Standing, TakenFile

#: Entities that other rows are judged by though they name no line and no customer of their own:
#: a row of theirs may change any line.
JUDGED_BY: Final = frozenset({"incidents", "access_points"})

#: Share of the delivered rows above which it is quicker to build everything anew.
LARGEST_SHARE: Final = 0.1

#: Growth of the databases, by the room that removed rows leave, after which they are built anew.
LARGEST_GROWTH: Final = 1.5

#: A column that names every day of a stretch longer than this is a calendar, and says nothing by a
#: day that comes.
_CALENDAR_DAYS: Final = 31

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch builds.

    Attributes:
        is_incremental: whether the tables of the work area stand and only what arrived is built.
        reason: why, in words for an operator.
        files: what arrived; empty when everything is built anew.
        nodes: seeds, models and tests of the bundled sample that are not as they were.
    """

    is_incremental: bool
    reason: str
    files: tuple[TakenFile, ...] = ()
    nodes: tuple[str, ...] = ()


def decide(
    before: Standing | None,
    now: Standing,
    days_that_come: Iterable[dt.date],
    *,
    standing_bytes: int,
    is_full_asked: bool = False,
) -> Plan:
    """Decide what the batch builds.

    Args:
        before: what stands in the work area; None where nothing can be built on.
        now: what the batch is about to build from; its generation is the current one.
        days_that_come: days on which a register begins or ends to say something.
        standing_bytes: size of the work database and of the current generation.
        is_full_asked: whether somebody wants everything built anew.
    """
    if is_full_asked:
        return _full("it was asked for")
    if before is None:
        return _full("no published batch stands in the work area")
    reason = _changed(before, now)
    if reason:
        return _full(reason)
    if before.full_bytes and standing_bytes > LARGEST_GROWTH * before.full_bytes:
        return _full("the databases have grown by the room of removed rows")
    if now.carrier == "seeds":
        return _of_sample(before, now)
    return _of_landing(before, now, days_that_come)


def _of_sample(before: Standing, now: Standing) -> Plan:
    if now.as_of_date != before.as_of_date:
        return _full(f"the day was {before.as_of_date} and is {now.as_of_date}")
    gone = sorted(set(before.nodes) - set(now.nodes))
    if gone:
        return _full(f"{gone[0]} was built before and is gone")
    others = tuple(sorted(dict(now.nodes.items() - before.nodes.items())))
    return Plan(
        is_incremental=True,
        reason=f"{len(others)} seeds, models and tests are not as they were",
        nodes=others,
    )


def _of_landing(before: Standing, now: Standing, days_that_come: Iterable[dt.date]) -> Plan:
    reason = _came(before, now, days_that_come)
    if reason:
        return _full(reason)
    files = standing.arrived(before, now.files)
    reason = _unlike(before, now, files)
    if reason:
        return _full(reason)
    return Plan(
        is_incremental=True,
        reason=f"{len(files)} files arrived since the batch as of {before.as_of_date}",
        files=files,
    )


def days_of_registers(reference: Path) -> frozenset[dt.date]:
    """Collect the days that stand in any register, calendars aside."""
    days: set[dt.date] = set()
    for path in sorted(reference.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            columns = zip(*csv.reader(stream), strict=False)
            for _, *values in columns:
                found = {day for value in values if (day := _day(value))}
                if not _is_calendar(found):
                    days |= found
    return frozenset(days)


def _full(reason: str) -> Plan:
    return Plan(is_incremental=False, reason=reason)


def _changed(before: Standing, now: Standing) -> str:
    comparisons = (
        (before.carrier, now.carrier, "the last batch read the other carrier of the raw rows"),
        (before.code_sha256, now.code_sha256, "the code has changed"),
        # Those of the sample are nodes, each by itself.
        (
            before.reference_sha256,
            before.reference_sha256 if now.carrier == "seeds" else now.reference_sha256,
            "the rules and registers have changed",
        ),
        (before.book_id, now.book_id, "the opening batch or the pseudonym key is another one"),
        (before.sample_rate, now.sample_rate, "the sample rate has changed"),
        (before.generation, now.generation, "another generation than the last batch's is current"),
    )
    return next((reason for was, is_now, reason in comparisons if was != is_now), "")


def _came(before: Standing, now: Standing, days: Iterable[dt.date]) -> str:
    if now.as_of_date < before.as_of_date:
        return f"the day goes back from {before.as_of_date} to {now.as_of_date}"
    if now.as_of_date == before.as_of_date:
        return ""
    # A rule may hold to the end of a day: then it is the day after on which something changes.
    come = [day for day in days if before.as_of_date <= day <= now.as_of_date]
    return f"a register says something else from or after {min(come)}" if come else ""


def _unlike(before: Standing, now: Standing, files: tuple[TakenFile, ...]) -> str:
    lost = sorted(set(before.files) - set(now.files))
    if lost:
        return f"{lost[0].name} was taken in before and is gone or another one"
    judged = next((file.name for file in files if file.entity in JUDGED_BY), "")
    if judged:
        return f"{judged} may change the judgement of any line"
    layouts = {(file.entity, file.layout) for file in before.files}
    other = next((file.name for file in files if (file.entity, file.layout) not in layouts), "")
    if other:
        return f"{other} has other columns or types than the files of its entity before it"
    rows = sum(file.rows for file in files)
    if rows > LARGEST_SHARE * sum(file.rows for file in now.files):
        return f"{rows:,} of the rows arrived, more than a part of {LARGEST_SHARE}"
    return ""


def _day(value: str) -> dt.date | None:
    if not _DAY.match(value):
        return None
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None


def _is_calendar(days: set[dt.date]) -> bool:
    ordered = sorted(days)
    return len(days) > _CALENDAR_DAYS and all(
        later - earlier == dt.timedelta(days=1) for earlier, later in pairwise(ordered)
    )
