"""Days on which a batch was due and none came, told apart from days on which none had to come.

Belongs here: the question whether any feed is due on a day, asked of the registers, and the days
between the first and the newest batch that nothing explains. Does not belong here: how much of a
feed came (the staging and intermediate gates), and whether what is published is old (freshness).

The rule of the feeds holds here too: batches of whole months may come first; day by day begins with
the first batch that another one follows soon (`break_days` of the register), and any later break is
a break, however long.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration import delivered, intake_csv
from orchestration.manifests import day as read_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from orchestration.settings import Settings

_DAY = dt.timedelta(days=1)

#: A sentence names so many stretches of days; the others are counted.
_NAMED = 4


@dataclass(frozen=True, slots=True)
class _Feed:
    name: str
    is_due_every_day: bool
    break_days: int
    known_from: dt.date


@dataclass(frozen=True, slots=True)
class _Event:
    event_id: str
    scope: frozenset[str] | None
    starts_on: dt.date
    ends_on: dt.date | None
    known_from: dt.date

    def excuses(self, feed: str, day: dt.date, known_at: dt.date) -> bool:
        return (
            self.known_from <= known_at
            and self.starts_on <= day <= (self.ends_on or known_at)
            and (self.scope is None or feed in self.scope)
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row without a batch; `reason` is empty where no register explains them."""

    first: dt.date
    last: dt.date
    reason: str

    @property
    def days(self) -> int:
        """How many days it spans."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        """Name the days, and why, if a register knows."""
        named = f"{self.first}" if self.days == 1 else f"{self.first} to {self.last}"
        return f"{named} ({self.reason})" if self.reason else named


@dataclass(frozen=True, slots=True)
class DueDays:
    """What the registers of a reference folder say of days and feeds."""

    feeds: tuple[_Feed, ...]
    events: tuple[_Event, ...]
    closed: dict[dt.date, str]

    @classmethod
    def read(cls, reference: Path) -> DueDays:
        """Read the registers of feeds, service events and processing days.

        Raises:
            BadInput: one of them is missing or lacks a column.
        """
        return cls(
            feeds=tuple(_feeds(reference)),
            events=tuple(_events(reference)),
            closed=dict(_closed(reference)),
        )

    def reason(self, day: dt.date, known_at: dt.date) -> str:
        """Say why no batch has to come on a day, as known at another; empty if one is due."""
        known = [feed for feed in self.feeds if feed.known_from <= known_at]
        due = [feed for feed in known if feed.is_due_every_day or day not in self.closed]
        if known and not due:
            return f"closed: {self.closed[day]}"
        excused_by = set()
        for feed in due:
            event = next((e for e in self.events if e.excuses(feed.name, day, known_at)), None)
            if event is None:
                return ""
            excused_by.add(event.event_id)
        return ", ".join(sorted(excused_by))

    def next_due(self, after: dt.date, known_at: dt.date) -> dt.date:
        """Give the first day after another on which a batch is due, as known at a third."""
        day = after + _DAY
        while day <= known_at and self.reason(day, known_at):
            day += _DAY
        return day

    def gaps(self, days: Sequence[dt.date]) -> tuple[Gap, ...]:
        """Find the days between the first and the newest batch on which none came.

        Args:
            days: batch dates delivered, in order.
        """
        if not days or not self.feeds:
            return ()
        longest = max(feed.break_days for feed in self.feeds)
        pairs = list(itertools.pairwise(days))
        began = next((first for first, then in pairs if (then - first).days <= longest), days[-1])
        reasons = [
            (day, self.reason(day, days[-1]))
            for first, then in pairs
            if first >= began
            for day in _between(first, then)
        ]
        return tuple(_joined(reasons))


def known_at(settings: Settings, as_of: dt.date) -> tuple[Gap, ...]:
    """Find the days without a batch before the newest one known at a day."""
    days = [day for day in delivered.look(settings).days if day <= as_of]
    return DueDays.read(settings.reference).gaps(days)


def unexplained(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Keep the gaps that somebody has to look into."""
    return tuple(gap for gap in gaps if not gap.reason)


def words(gaps: Sequence[Gap]) -> str:
    """Name the newest gaps and count the others."""
    named = [str(gap) for gap in gaps[-_NAMED:]]
    more = sum(gap.days for gap in gaps[:-_NAMED])
    return ", ".join(named) + (f" and {more} days before" if more else "")


def _between(first: dt.date, then: dt.date) -> Iterator[dt.date]:
    day = first + _DAY
    while day < then:
        yield day
        day += _DAY


def _joined(reasons: Sequence[tuple[dt.date, str]]) -> Iterator[Gap]:
    gap: Gap | None = None
    for day, reason in reasons:
        if gap and gap.last + _DAY == day and gap.reason == reason:
            gap = Gap(gap.first, day, reason)
            continue
        if gap:
            yield gap
        gap = Gap(day, day, reason)
    if gap:
        yield gap


def _rows(path: Path, *columns: str) -> Iterator[tuple[str, ...]]:
    table = intake_csv.read(path, columns)
    yield from zip(*(table.column(name) for name in columns), strict=True)


def _feeds(reference: Path) -> Iterator[_Feed]:
    columns = ("feed", "measured_as", "due_days", "break_days", "known_from")
    for feed, measured_as, due_days, break_days, known in _rows(
        reference / "ref_feeds.csv", *columns
    ):
        known_from = read_day(known)
        if measured_as == "delivered" and known_from:
            yield _Feed(feed, due_days == "every_day", int(break_days), known_from)


def _events(reference: Path) -> Iterator[_Event]:
    columns = ("event_id", "scope", "starts_on", "ends_on", "expects", "known_from")
    for event, scope, starts, ends, expects, known in _rows(
        reference / "ref_service_events.csv", *columns
    ):
        starts_on, known_from = read_day(starts), read_day(known)
        if expects == "quiet" and starts_on and known_from:
            feeds = None if scope == "all" else frozenset(scope.split("|"))
            yield _Event(event, feeds, starts_on, read_day(ends), known_from)


def _closed(reference: Path) -> Iterator[tuple[dt.date, str]]:
    columns = ("calendar_date", "is_processing_day", "closed_because")
    for text, is_processing_day, why in _rows(reference / "ref_processing_calendar.csv", *columns):
        day = read_day(text)
        if day and is_processing_day.strip().lower() == "false":
            yield day, why or "no processing day"
