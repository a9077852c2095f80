"""Histories of ports whose counterfactual is known: of the scenario's plan, and drawn here.

Belongs here: many histories by seed, with what would have left without the incident. Does not
belong here: fits and expectations.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from scenarios.generator import generation, registers
from scenarios.generator.planning import Planner
from scenarios.generator.scenario import load
from tests.unit.oracles.excess_churn import Calendar, Period

if TYPE_CHECKING:
    from collections.abc import Collection

    from scenarios.generator.registers import Registers
    from scenarios.generator.scenario import Scenario

FIRST, LAST = dt.date(2025, 4, 1), dt.date(2026, 3, 31)

#: Another carrier's incident, whose days are no quiet ones either.
ELSEWHERE = Period("elsewhere", "leave_window", dt.date(2025, 4, 19), dt.date(2025, 7, 14))

Counts = dict[dt.date, int]


@dataclass(frozen=True)
class History:
    """Ports by processing day, and those without the incident."""

    actual: Counts
    without: dict[dt.date, float]

    def excess(self, days: Collection[dt.date]) -> float:
        """Lines that left on these days because of the incident."""
        return sum(self.actual.get(day, 0) - self.without.get(day, 0.0) for day in days)


@functools.cache
def _scenario() -> tuple[Scenario, Registers]:
    return load(generation.DEFAULT_SCENARIO), registers.load(generation.DEFAULT_REFERENCE)


def of_the_plan(seed: int, month_deviation: float | None = None) -> History:
    """Plan of the scenario at full size; its months as written, or drawn with a deviation.

    The months that the scenario writes are the same for every seed, so that an interval which knows
    only how far months stray in general covers more often than it states.
    """
    scenario, tables = _scenario()
    if month_deviation is not None:
        draw = np.random.default_rng(seed)
        months = [round(float(1 + month_deviation * draw.standard_normal()), 6) for _ in range(12)]
        porting = scenario.values["porting"] | {"month_trend": months}
        scenario = replace(scenario, values=scenario.values | {"porting": porting})
    planner = Planner(scenario, tables, Fraction(1), seed=seed)
    actual: Counts = {}
    for plan in planner.port_outs():
        actual[plan.processed_on] = actual.get(plan.processed_on, 0) + plan.n
    without: dict[dt.date, float] = {}
    for (day, _, _), n in planner.counterfactual().items():
        without[day] = without.get(day, 0.0) + float(n)
    return History(actual, without)


@dataclass(frozen=True)
class Habits:
    """What a drawn history follows."""

    level: float = 400.0
    dispersion: float = 3.0
    month_deviation: float = 0.02
    by_load: float = 0.0
    """Relative effect of a load that is twice the usual."""
    by_year: float = 0.0
    """Relative trend in a year."""


def drawn(seed: int, calendar: Calendar, habits: Habits) -> Counts:
    """Draw a history without any incident: negative binomial days in months that stray."""
    draw = np.random.default_rng(seed)
    days = calendar.processing_days()
    months = {
        month: 1 + habits.month_deviation * draw.standard_normal()
        for month in sorted({(day.year, day.month) for day in days})
    }
    loads = {day: calendar.expiries.get(day, 0) for day in days}
    usual_load = np.mean(list(loads.values())) or 1.0
    counts: Counts = {}
    for day in days:
        requests = sum(
            (0.45 if each in calendar.holidays else 1.0)
            * {5: 1.1, 6: 0.9, 7: 0.35}.get(each.isoweekday(), 1.0)
            for each in calendar.waiting(day)
        )
        mean = habits.level * (
            requests * months[day.year, day.month]
            + habits.by_year * (day - calendar.first).days / 365
            + habits.by_load * (loads[day] / usual_load - 1)
        )
        if habits.dispersion <= 1:
            counts[day] = int(draw.poisson(mean))
        else:
            size = mean / (habits.dispersion - 1)
            counts[day] = int(draw.negative_binomial(size, 1 / habits.dispersion))
    return counts
