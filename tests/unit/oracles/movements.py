"""Times in service of lines and customers, and what they did from month to month, the slow way.

Belongs here: plain Python written from docs/metrics.md and not from the SQL: versions read one
after the other, customers asked day by day. Does not belong here: anything that reads a database.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Version:
    """What a delivery says of a line."""

    activated_at: datetime
    terminated_at: datetime | None
    termination_kind: str | None


@dataclass(frozen=True)
class Spell:
    """A time in service, by days; `is_forced` of the ending."""

    started_on: date
    ended_on: date | None
    is_forced: bool = False


@dataclass(frozen=True)
class Frame:
    """What the deliveries observe."""

    opening_on: date
    as_of: date

    def days(self) -> list[date]:
        """Days observed, the day of the opening delivery first."""
        length = (self.as_of - self.opening_on).days
        return [self.opening_on + timedelta(n) for n in range(length + 1)]


def spells_of_versions(versions: Sequence[Version]) -> list[Spell]:
    """Spells of one line: what was said last of each activation, unless a later one corrects it."""
    last_said: dict[datetime, Version] = {}
    for version in versions:
        last_said[version.activated_at] = version
    newest = versions[-1]
    earlier = sorted(at for at in last_said if at < newest.activated_at)
    found: list[Spell] = []
    for at, next_at in itertools.pairwise([*earlier, newest.activated_at]):
        said = last_said[at]
        ended_before_the_next = said.terminated_at is not None and said.terminated_at <= next_at
        if ended_before_the_next and said.terminated_at >= at:
            found.append(day_spell(said))
    return [*found, day_spell(newest)]


def day_spell(version: Version) -> Spell:
    """A version as a spell of whole days."""
    ended = version.terminated_at
    return Spell(
        version.activated_at.date(),
        ended.date() if ended else None,
        version.termination_kind == "forced",
    )


def in_service(spells: Iterable[Spell], at_end_of: date) -> int:
    """Spells that run at the end of the day."""
    return sum(
        spell.started_on <= at_end_of and (spell.ended_on is None or spell.ended_on > at_end_of)
        for spell in spells
    )


def customer_spells(lines: Sequence[Spell], frame: Frame) -> list[Spell]:
    """Times in which a customer has a line, day by day; the stock begins with the opening."""
    found: list[Spell] = []
    since = frame.opening_on if in_service(lines, frame.opening_on) else None
    for day in frame.days()[1:]:
        count = in_service(lines, day)
        came = any(line.started_on == day for line in lines)
        if since is None and came:
            since = day
        if since is not None and not count:
            endings = [line.is_forced for line in lines if line.ended_on == day]
            found.append(Spell(since, day, all(endings)))
            since = None
    return found if since is None else [*found, Spell(since, None)]


def month_of(day: date) -> date:
    return day.replace(day=1)


def movement(
    spells: Sequence[Spell], month: date, frame: Frame, *, known_before: date | None
) -> str:
    """Class of one unit in a month.

    `known_before`: since which day it is known that the unit had been in service earlier.
    """
    eve = month - timedelta(1)
    end = min((month + timedelta(32)).replace(day=1) - timedelta(1), frame.as_of)
    is_stock = any(spell.started_on <= frame.opening_on for spell in spells) or (
        known_before is not None and known_before <= frame.opening_on
    )
    now = in_service(spells, end) > 0
    if eve < frame.opening_on and is_stock:
        return "unknown"
    before = in_service(spells, eve) > 0
    ever = any(spell.started_on <= eve for spell in spells) or (
        known_before is not None and known_before <= end
    )
    if before:
        return "retained" if now else "churned"
    if now:
        return "rejoined" if ever else "new"
    return "absent" if ever else "not_yet"


def customer_months(
    customers: Iterable[Sequence[Spell]], frame: Frame, known: Iterable[bool]
) -> Counter[tuple[date, str]]:
    """Events of customers by month: `new`, `rejoined`, `churned`, `forced`."""
    counts: Counter[tuple[date, str]] = Counter()
    for spells, was_known in zip(customers, known, strict=True):
        for number, spell in enumerate(spells):
            if spell.started_on > frame.opening_on:
                kind = "rejoined" if number or was_known else "new"
                counts[month_of(spell.started_on), kind] += 1
            if spell.ended_on is not None:
                counts[month_of(spell.ended_on), "churned"] += 1
                counts[month_of(spell.ended_on), "forced"] += spell.is_forced
    return counts
