"""How many lines port out on which day, and how many would have had there been no incident.

Belongs here: the course of an incident in daily counts - the ordinary level, who leaves since the
disclosure, who waits for the window, the published days, who is missing afterwards because the
window drew them forward. Does not belong here: other moves (`planning`), which line it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from scenarios.generator.apportionment import controlled, cumulative, largest_remainder, rounded
from scenarios.generator.scenario import HOSTED, OWN, ScenarioError, exact

if TYPE_CHECKING:
    from scenarios.generator.planning import Planner

#: Processing day, destination, brand class.
Cell = tuple[dt.date, str, str]


@dataclass(frozen=True, slots=True)
class PortPlan:
    """Ports out of one brand class to one destination on one processing day.

    `n_incident` of them would not have left on that day without the incident. Among these are
    `n_waited`, who would have left in the days before, and `n_pulled_forward`, who would have left
    later: they are no lasting loss.
    """

    processed_on: dt.date
    destination: str
    brand_class: str
    n: int
    n_incident: int
    n_waited: int = 0
    n_pulled_forward: int = 0


class Departures:
    """Ports out of the operator's network under the parameters, scale and seed of a planner."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.scenario = planner.scenario
        get = planner.scenario.get
        self.window = (planner.scenario.date("window.first_on"), planner.window_last)
        self.eve = planner.scenario.date("window.eve_on")
        self.disclosed_on = planner.scenario.date("breach.disclosed_on")
        self.waiting_from = planner.scenario.date("window.waiting_from")
        self.waiting_share = exact(get("window.waiting_share"))
        # Part of those who leave after the disclosure that would not have left otherwise.
        self.trickle = exact(get("porting.incident_share_before_window"))
        self.level = exact(get("porting.outs_per_processing_day_before")) * (1 - self.trickle)
        self.level_after = exact(get("porting.outs_per_processing_day_after"))
        self.destinations = {k: exact(v) for k, v in get("porting.destinations").items()}
        hosted = exact(get("porting.hosted_share"))
        self.brand_classes = {OWN: 1 - hosted, HOSTED: hosted}
        self.pattern = planner.pattern(planner.processing_days)

    def counterfactual(self) -> dict[Cell, Fraction]:
        """Port-outs had there been no incident, by cell, at the planner's scale."""
        noise = exact(self.scenario.get("porting.destination_noise"))
        cells = {}
        for destination, share in self.destinations.items():
            for day, weight in self.pattern.items():
                wobble = 2 * self.planner.draw(f"noise of {destination} on {day}") - 1
                factor = 1 + noise * exact(round(wobble, 6))
                usual = self.level * weight * share * factor * self.planner.scale
                for brand_class, part in self.brand_classes.items():
                    cells[day, destination, brand_class] = usual * part
        return cells

    def course(self) -> dict[dt.date, Fraction]:
        """Actual port-outs against those without the incident, by day of no published figure."""
        later = [day for day in self.pattern if day > self.window[1]]
        ordinary = self.level * sum(self.pattern[day] for day in later) / max(len(later), 1)
        course = {}
        for day in self.pattern:
            if day > self.window[1]:
                course[day] = self.level_after / ordinary
            elif day < self.disclosed_on:
                course[day] = Fraction(1)
            else:
                waiting = self.waiting_share if day >= self.waiting_from else Fraction(0)
                course[day] = (1 - waiting) / (1 - self.trickle)
        return course

    def plans(self) -> list[PortPlan]:
        """All ports out of the operator's network, to the unit."""
        without = self.counterfactual()
        counts = self.window_counts()
        published = {day for day, _ in counts}
        course = self.course()
        calm = [day for day in self.pattern if day not in published]
        cells: list[PortPlan] = []
        for destination in self.destinations:
            for brand_class in self.brand_classes:
                usual = [without[day, destination, brand_class] for day in calm]
                expected = [n * course[day] for day, n in zip(calm, usual, strict=True)]
                because = cumulative(
                    [
                        n * self.trickle
                        if self.disclosed_on <= day < self.window[0]
                        else Fraction(0)
                        for day, n in zip(calm, expected, strict=True)
                    ]
                )
                cells += [
                    PortPlan(day, destination, brand_class, n, min(n, more))
                    for day, n, more in zip(calm, cumulative(expected), because, strict=True)
                ]
        waited, pulled = self.moved(without, course, counts)
        cells += self.published_cells(without, counts, waited, pulled)
        return [plan for plan in cells if plan.n]

    def published_cells(
        self,
        without: dict[Cell, Fraction],
        counts: dict[tuple[dt.date, str], int],
        waited: Fraction,
        pulled: Fraction,
    ) -> list[PortPlan]:
        """Plan the published days; those beyond the ordinary are there because of the incident."""
        split = {}
        for (day, destination), count in sorted(counts.items()):
            own = self._own_of(day, destination, count)
            split[day, destination, OWN] = own
            split[day, destination, HOSTED] = count - own
        window = [cell for cell in split if cell[0] != self.eve]
        usual = dict(
            zip(
                window, cumulative([without.get(cell, Fraction(0)) for cell in window]), strict=True
            )
        )
        extra = {cell: max(0, split[cell] - usual[cell]) for cell in window}
        extra |= {cell: rounded(n * self.trickle) for cell, n in split.items() if cell not in usual}
        beyond = sum(extra[cell] for cell in window)
        parts = []
        for moved in (waited, pulled):
            share = moved / beyond if beyond else Fraction(0)
            parts.append(
                dict(zip(window, cumulative([share * extra[cell] for cell in window]), strict=True))
            )
        return [
            PortPlan(*cell, n, extra[cell], parts[0].get(cell, 0), parts[1].get(cell, 0))
            for cell, n in split.items()
        ]

    def moved(
        self,
        without: dict[Cell, Fraction],
        course: dict[dt.date, Fraction],
        counts: dict[tuple[dt.date, str], int],
    ) -> tuple[Fraction, Fraction]:
        """Count who waited for the window and who was drawn forward into it: the days' deficits."""
        usual: dict[dt.date, Fraction] = {}
        for (day, _, _), n in without.items():
            usual[day] = usual.get(day, Fraction(0)) + n
        on_eve = Fraction(sum(n for (day, _), n in counts.items() if day == self.eve))
        waited = pulled = Fraction(0)
        for day, n in usual.items():
            actual = on_eve if day == self.eve else n * course[day]
            if self.waiting_from <= day < self.window[0]:
                waited += max(Fraction(0), n - actual * (1 - self.trickle))
            elif day > self.window[1]:
                pulled += max(Fraction(0), n - actual)
        return waited, pulled

    # ------------------------------------------------------------------------- published days

    def window_cells(self) -> dict[tuple[dt.date, str], Fraction]:
        """Port-outs by day and destination on the published days, at scale 1."""
        outs = self.scenario.get("window.outs")
        fixed = self.scenario.get("window.cells")
        totals = {key: exact(n) for key, n in self.scenario.get("window.destinations").items()}
        if sum(totals.values()) != sum(outs.values()):
            raise ScenarioError(
                f"window.outs sum to {sum(outs.values())}, window.destinations to "
                f"{sum(totals.values())}: they must be equal"
            )
        for text, n in outs.items():
            if n and not self.planner.registers.is_processing_day(dt.date.fromisoformat(text)):
                raise ScenarioError(
                    f"window.outs has {n} ports on {text}, on which the calendar processes none"
                )
        for text, cells in fixed.items():
            if sum(cells.values()) != outs[text]:
                raise ScenarioError(f"window.cells of {text} do not sum to window.outs")
        left = {key: n - sum(cells[key] for cells in fixed.values()) for key, n in totals.items()}
        rest = sum(left.values())
        eve_outs = exact(self.scenario.get("window.eve_outs"))
        cells = {(self.eve, key): eve_outs * share for key, share in self.destinations.items()}
        for text, n in outs.items():
            day = dt.date.fromisoformat(text)
            for key in totals:
                known = fixed.get(text, {}).get(key)
                cells[day, key] = exact(known) if known is not None else n * left[key] / rest
        return cells

    def window_counts(self) -> dict[tuple[dt.date, str], int]:
        """Round to the scale: cells, days, destinations and published spans within one."""
        cells = {key: value * self.planner.scale for key, value in self.window_cells().items()}
        window = [day for day in {day for day, _ in cells} if day != self.eve]
        spans = [frozenset(window)]
        for first, last in self.scenario.get("window.spans").values():
            spans.append(frozenset(day for day in window if first <= day <= last))
        return controlled(cells, spans)

    def _own_of(self, day: dt.date, destination: str, n: int) -> int:
        """How many of a published cell leave the operator's own brand."""
        published = self.scenario.get("window.own_brand_cells").get(str(day), {})
        if destination in published:
            # All published cells of the day share one total, so that their sum is within one too.
            total = rounded(exact(sum(published.values())) * self.planner.scale)
            parts = largest_remainder(total, {key: exact(v) for key, v in published.items()})
            return min(n, parts[destination])
        hosted = "porting.hosted_share" if day == self.eve else "porting.hosted_share_window"
        return n - rounded(n * exact(self.scenario.get(hosted)))
