"""How many lines come and go on which day: the plan that the deliveries fulfil to the unit.

Belongs here: daily counts by destination, brand class and population, rounded so that published
figures hold at any scale. Does not belong here: which line it is that leaves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from scenarios.generator.apportionment import cumulative, largest_remainder, rounded
from scenarios.generator.departures import Departures
from scenarios.generator.scenario import HOSTED, OWN, exact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.generator.departures import Cell, PortPlan
    from scenarios.generator.registers import Registers
    from scenarios.generator.scenario import Scenario

DAY = dt.timedelta(days=1)


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """All days, both ends included."""
    return [first + DAY * offset for offset in range((last - first).days + 1)]


@dataclass(frozen=True, slots=True)
class PortInPlan:
    """Ports in from one donor group to one brand class on one processing day."""

    processed_on: dt.date
    donor_group: str
    brand_class: str
    is_exodus: bool
    n: int


@dataclass(frozen=True, slots=True)
class LinePlan:
    """New lines, or terminations that are no port, of one population on one day."""

    day: dt.date
    population: str
    kind: str
    n: int


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """When the requests processed on a day were made: a share of them per day of request."""

    processed_on: dt.date
    requested_on: dt.date
    share_from: float
    share_to: float


class Planner:
    """Turns the parameters of a scenario into daily counts at a scale."""

    def __init__(
        self, scenario: Scenario, registers: Registers, scale: Fraction, seed: int | None = None
    ) -> None:
        self.seed = int(scenario.get("scenario.seed")) if seed is None else seed
        self.scenario = scenario
        self.registers = registers
        self.scale = scale
        self.first = scenario.date("period.opening_on") + DAY
        self.last = scenario.date("period.last_on")
        self.window_first = scenario.date("window.first_on")
        self.window_last = scenario.date("window.last_on")
        self.days = days_between(self.first, self.last)
        self.processing_days = [day for day in self.days if registers.is_processing_day(day)]

    # ------------------------------------------------------------------------------- requests

    def request_weight(self, day: dt.date) -> float:
        """Weigh the requests made on a day against an ordinary working day."""
        weekday = float(self.scenario.get("porting.request_weekdays")[day.weekday()])
        holiday = float(self.scenario.get("porting.holiday_weight"))
        return weekday * (holiday if self.registers.is_holiday(day) else 1.0)

    def queue_days(self, day: dt.date) -> list[dt.date]:
        """Days whose requests are processed on a day: itself and the closed days before it."""
        waiting = [day]
        while not self.registers.is_processing_day(earlier := waiting[-1] - DAY):
            waiting.append(earlier)
        return waiting[::-1]

    def queue(self) -> list[QueuePlan]:
        """Shares of request days, by processing day."""
        plans = []
        late = float(self.scenario.get("porting.queue_weight"))
        for day in self.processing_days:
            waited = self.queue_days(day)
            weights = {request: self.request_weight(request) for request in waited}
            # The evening of the processing day before: after the cut-off.
            weights[waited[0] - DAY] = late * self.request_weight(waited[0] - DAY)
            share = 0.0
            whole = sum(weights.values())
            for request, weight in sorted(weights.items()):
                if request < self.first - DAY:
                    continue
                plans.append(QueuePlan(day, request, share, share + weight / whole))
                share += weight / whole
        return plans

    def draw(self, purpose: str) -> float:
        """Draw from 0..1, by seed and purpose alone."""
        digest = hashlib.sha256(f"{self.seed}: {purpose}".encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64

    def pattern(self, days: Iterable[dt.date]) -> dict[dt.date, Fraction]:
        """Weigh processing days, mean 1, by calendar, trend and noise."""
        trend = self.scenario.get("porting.month_trend")
        noise = float(self.scenario.get("porting.noise"))
        weights = {}
        for day in days:
            wobble = 2 * self.draw(f"noise of {day}") - 1
            requests = sum(self.request_weight(request) for request in self.queue_days(day))
            month = (day.month - self.first.month) % 12
            weights[day] = exact(round(requests * float(trend[month]) * (1 + noise * wobble), 6))
        mean = sum(weights.values(), Fraction(0)) / max(len(weights), 1)
        return {day: weight / mean for day, weight in weights.items()}

    # ------------------------------------------------------------------------------ port-outs

    def port_outs(self) -> list[PortPlan]:
        """All ports out of the operator's network."""
        return Departures(self).plans()

    def counterfactual(self) -> dict[Cell, Fraction]:
        """Port-outs had there been no incident, by processing day, destination and brand class."""
        return Departures(self).counterfactual()

    # ------------------------------------------------------------------------------- port-ins

    def port_ins(self) -> list[PortInPlan]:
        """All ports into the operator's network."""
        before = exact(self.scenario.get("porting.ins_per_processing_day_before"))
        after = exact(self.scenario.get("porting.ins_per_processing_day_after"))
        window_total = exact(self.scenario.get("window.ins"))
        hosted = exact(self.scenario.get("porting.ins_hosted_share"))
        donors = {k: exact(v) for k, v in self.scenario.get("lines.donors").items()}
        pattern = self.pattern(self.processing_days)
        spans = {
            "before": [d for d in self.processing_days if d < self.window_first],
            "window": [
                d for d in self.processing_days if self.window_first <= d <= self.window_last
            ],
            "after": [d for d in self.processing_days if d > self.window_last],
        }
        plans = []
        for name, days in spans.items():
            usual = {"before": before, "after": after, "window": Fraction(0)}[name] * self.scale
            expected = {day: pattern[day] * usual for day in days}
            if name == "window":
                whole = sum(pattern[day] for day in days)
                expected = {day: pattern[day] / whole * window_total * self.scale for day in days}
            cells = {
                (day, (donor, brand_class)): expected[day] * share * part
                for day in days
                for donor, share in donors.items()
                for brand_class, part in ((OWN, 1 - hosted), (HOSTED, hosted))
            }
            counts = cumulative(list(cells.values()))
            for (day, (donor, brand_class)), n in zip(cells, counts, strict=True):
                plans.append(PortInPlan(day, donor, brand_class, False, n))
        return [plan for plan in [*plans, *self._exodus(hosted)] if plan.n]

    def _exodus(self, hosted: Fraction) -> list[PortInPlan]:
        """Plan those who come because of another carrier's incident."""
        first = self.scenario.date("breach.exodus.from")
        last = self.scenario.date("breach.exodus.to")
        carrier = str(self.scenario.get("breach.exodus.carrier"))
        extra = exact(self.scenario.get("porting.ins_extra_per_processing_day")) * self.scale
        days = [day for day in self.processing_days if first <= day <= last]
        plans = []
        for brand_class, part in ((OWN, 1 - hosted), (HOSTED, hosted)):
            counts = cumulative([extra * part] * len(days))
            plans += [
                PortInPlan(day, carrier, brand_class, True, n)
                for day, n in zip(days, counts, strict=True)
            ]
        return plans

    # ---------------------------------------------------------------------------- other moves

    def terminations(self) -> list[LinePlan]:
        """Terminations that are no port, by day, population and kind."""
        return [
            LinePlan(day, population, kind, n)
            for population in self.scenario.get("populations")
            for kind in ("voluntary", "forced", "deceased")
            for day, n in self._daily(population, f"{kind}_per_day")
        ]

    def new_lines(self) -> list[LinePlan]:
        """Gross adds that are no port, by day and population."""
        return [
            LinePlan(day, population, "new", n)
            for population in self.scenario.get("populations")
            for day, n in self._daily(population, "new_lines_per_day")
        ]

    def _daily(self, population: str, rate: str) -> list[tuple[dt.date, int]]:
        per_day = exact(self.scenario.get(f"populations.{population}.{rate}")) * self.scale
        weights = [exact(round(self.request_weight(day), 6)) for day in self.days]
        mean = sum(weights, Fraction(0)) / len(weights)
        counts = cumulative([per_day * weight / mean for weight in weights])
        return [(day, n) for day, n in zip(self.days, counts, strict=True) if n]

    def scaled(self, count: float) -> int:
        """Scale a count; a rare population never vanishes."""
        return max(1, rounded(exact(count) * self.scale)) if count else 0

    def cards(self, shares: dict[str, float]) -> list[str]:
        """Deal a deck of 1,000 cards by shares: one draw gives one code."""
        counts = largest_remainder(1000, {key: exact(v) for key, v in shares.items()})
        return [key for key, n in counts.items() for _ in range(n)]

    @property
    def has_lines(self) -> bool:
        """Whether the scale leaves any line at all."""
        smallest = min(p["lines"] for p in self.scenario.get("populations").values())
        return math.floor(exact(smallest) * self.scale) >= 1
