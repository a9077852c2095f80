"""How long lines stay, asked of every line on every day.

Belongs here: clocks of lines, Kaplan-Meier, Aalen-Johansen and exposure by contract month in plain
Python, written from docs/metrics.md and the textbooks and not from the SQL; probabilities are exact
fractions. Does not belong here: anything that reads a database.
"""

from __future__ import annotations

import calendar
import functools
import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Z = 1.959964


@dataclass(frozen=True)
class Followed:
    """A line on its own clock: observed from a day to a day, and how it ended on the last."""

    first_day: int
    last_day: int
    end: str | None


@dataclass(frozen=True)
class Step:
    """A day of a curve with a departure, or its first day."""

    at_risk: int
    events: int
    survival: Fraction
    greenwood: Fraction | None

    @property
    def standard_error(self) -> float | None:
        """Greenwood (1926); none where everybody is gone."""
        if self.greenwood is None:
            return None
        return float(self.survival) * math.sqrt(self.greenwood)


@dataclass(frozen=True)
class Incidence:
    """What share has left one way by the end of a day."""

    departures: int
    incidence: Fraction
    variance: Fraction | None
    in_service: Fraction


def followed(
    activated_on: date,
    ended_on: date | None,
    end: str | None,
    observed: tuple[date, date],
    disclosed_on: date | None = None,
) -> Followed | None:
    """A line by tenure, or since a disclosure; none if it is not followed.

    The line has a day for each date since the start of the clock, and those that the deliveries
    observe are numbered. A disclosure is followed by the lines that were in service when its day
    began.
    """
    observed_from, as_of = observed
    last = as_of if ended_on is None else ended_on
    start = activated_on if disclosed_on is None else disclosed_on
    if disclosed_on is not None and activated_on >= disclosed_on:
        return None
    days = (start + timedelta(offset) for offset in range((last - start).days + 1))
    numbers = [number for number, day in enumerate(days, start=1) if day >= observed_from]
    return Followed(numbers[0], numbers[-1], end) if numbers else None


def log_log_interval(
    probability: float, standard_error: float | None
) -> tuple[float, float] | None:
    """Kalbfleisch and Prentice: symmetric for ln(-ln p); none where p is 0 or 1."""
    if standard_error is None or not 0 < probability < 1:
        return None
    reach = math.exp(Z * standard_error / (probability * -math.log(probability)))
    return probability**reach, probability ** (1 / reach)


def at_risk(lines: Iterable[Followed], day: int) -> int:
    """Ask every line whether it is under observation on the day."""
    return sum(line.first_day <= day <= line.last_day for line in lines)


def days_of_curve(lines: Sequence[Followed], least: int) -> list[int]:
    """Days with a change, from the first with enough lines at risk until there are fewer."""
    changes = sorted({line.first_day for line in lines} | {line.last_day for line in lines})
    days: list[int] = []
    for day in changes:
        enough = at_risk(lines, day) >= least
        if enough:
            days.append(day)
        elif days:
            break
    return days


def kaplan_meier(lines: Sequence[Followed], kinds: set[str], least: int) -> dict[int, Step]:
    """Product of the shares that stay, over the days with a departure."""
    survival, greenwood = Fraction(1), Fraction(0)
    everybody_left = False
    steps: dict[int, Step] = {}
    days = days_of_curve(lines, least)
    for day in days:
        exposed = at_risk(lines, day)
        events = sum(line.last_day == day and line.end in kinds for line in lines)
        survival *= 1 - Fraction(events, exposed)
        if events == exposed:
            everybody_left = True
        else:
            greenwood += Fraction(events, exposed * (exposed - events))
        if events or day == days[0]:
            steps[day] = Step(exposed, events, survival, None if everybody_left else greenwood)
    return steps


def aalen_johansen(lines: Sequence[Followed], end: str, least: int) -> dict[int, Incidence]:
    """Of those in service when a day begins, the share that leaves this way on it, summed.

    The variance is the delta method's of Collett, "Modelling survival data in medical research".
    """
    before = Fraction(1)
    departures, incidence = 0, Fraction(0)
    past: list[tuple[Fraction, int, int, int, Fraction]] = []
    found: dict[int, Incidence] = {}
    for day in days_of_curve(lines, least):
        exposed = at_risk(lines, day)
        ended = sum(line.last_day == day and line.end is not None for line in lines)
        if not ended:
            continue
        this_way = sum(line.last_day == day and line.end == end for line in lines)
        departures += this_way
        incidence += before * Fraction(this_way, exposed)
        past.append((before, exposed, ended, this_way, incidence))
        before *= 1 - Fraction(ended, exposed)
        variance = None
        if before > 0:
            variance = Fraction(0)
            for then, risk, all_ends, own, reached in past:
                since = incidence - reached
                variance += since**2 * Fraction(all_ends, risk * (risk - all_ends))
                variance += then**2 * Fraction(own * (risk - own), risk**3)
                variance -= 2 * since * then * Fraction(own, risk**2)
        found[day] = Incidence(departures, incidence, variance, before)
    return found


@functools.cache
def month_after(signed_on: date, months: int) -> date:
    """First day after so many calendar months: the same day, or the first of the month after."""
    year, month = divmod(signed_on.year * 12 + signed_on.month - 1 + months, 12)
    if signed_on.day > calendar.monthrange(year, month + 1)[1]:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)
    return date(year, month + 1, signed_on.day)


def exposure_by_month(signed_on: date, first_on: date, last_on: date) -> dict[int, float]:
    """Contract month -> part of it under observation: days in it over days of it."""
    exposure: dict[int, float] = {}
    month, start = 1, signed_on
    while start <= last_on:
        end = month_after(signed_on, month)
        days = (min(end - timedelta(1), last_on) - max(start, first_on)).days + 1
        if days > 0:
            exposure[month] = days / (end - start).days
        month, start = month + 1, end
    return exposure
