"""Segments counted line by line, what must not be shown of them, and somebody who tries to see it.

Belongs here: plain Python written from docs/metrics.md and not from the SQL: the counts, the
choice of what is withheld, and an attacker who knows what is published and how it adds up. Does
not belong here: anything that reads a database.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

#: Kind of segment, exposure in a crossing or `all`, value.
Cell = tuple[str, str, str]
#: Cell, measure, month counted from 0. Stocks of month m are those at its start.
Unknown = tuple[Cell, str, int]

FLOWS = ("gross_adds", "deactivations", "port_outs")
TOGETHER = ("opening_lines", "gross_adds", "deactivations", "closing_lines")
CROSSED = {"exposure_and_age_band": "age_band", "exposure_and_contract_kind": "contract_kind"}
#: Kinds that are judged after those which they divide.
SECOND = {*CROSSED, "plan_tier"}
TOTAL: Cell = ("total", "all", "total")
#: Kinds of another public table that divide the ports of the total, and nothing else of it.
PORTS_ONLY = {"recipient"}


def measures_of(cell: Cell) -> tuple[str, ...]:
    """What is counted of a cell: stocks and flows, or ports alone."""
    return ("port_outs",) if cell[0] in PORTS_ONLY else ("stock", *FLOWS)


@dataclass(frozen=True)
class Profile:
    """A line by what it is split by."""

    line_kind: str
    plan_tier: str | None
    age_band: str
    region: str
    contract_kind: str
    exposure_class: str
    activated_on: date
    terminated_on: date | None
    termination_kind: str | None

    def cells(self) -> Iterable[Cell]:
        """Every segment that the line stands in."""
        affected = "neither" if self.exposure_class == "neither" else "affected"
        yield TOTAL
        yield ("line_kind", "all", self.line_kind)
        if self.line_kind == "handset":
            yield ("plan_tier", "handset", self.plan_tier or "unknown")
        yield ("age_band", "all", self.age_band)
        yield ("region", "all", self.region)
        yield ("contract_kind", "all", self.contract_kind)
        yield ("exposure_class", "all", self.exposure_class)
        yield ("exposure", "all", affected)
        yield ("exposure_and_age_band", affected, self.age_band)
        yield ("exposure_and_contract_kind", affected, self.contract_kind)


Counts = dict[str, list[int]]


def counted(
    lines: Iterable[Profile], opening_on: date, months: Sequence[date]
) -> dict[Cell, Counts]:
    """Counts of every cell by month, found by asking each line; months by their first day."""
    cells: dict[Cell, Counts] = {}
    place = {(month.year, month.month): number for number, month in enumerate(months)}
    for line in lines:
        if line.terminated_on is not None and line.terminated_on <= opening_on:
            continue
        begins = -1 if line.activated_on <= opening_on else place[line.activated_on.timetuple()[:2]]
        ends = (
            len(months) if line.terminated_on is None else place[line.terminated_on.timetuple()[:2]]
        )
        for cell in line.cells():
            counts = cells.setdefault(
                cell, {name: [0] * len(months) for name in (*TOGETHER, "port_outs")}
            )
            for month in range(len(months)):
                counts["opening_lines"][month] += begins < month <= ends
                counts["closing_lines"][month] += begins <= month < ends
                counts["gross_adds"][month] += begins == month
                counts["deactivations"][month] += ends == month
                counts["port_outs"][month] += ends == month and line.termination_kind == "port_out"
    return cells


Units = set[tuple[str, str]]


def withheld(cells: Mapping[Cell, Counts], smallest: int) -> list[tuple[Units, Units]]:
    """By edition: kinds and units without any figure, and those without ports (others included)."""
    table = {
        cell: {**counts, "other_ends": [
            ends - ports
            for ends, ports in zip(counts["deactivations"], counts["port_outs"], strict=True)
        ]}
        for cell, counts in cells.items()
    }  # fmt: skip
    editions = range(len(next(iter(table.values()))["port_outs"]))

    def chosen(forced: list[Units], measures: Sequence[str]) -> list[Units]:
        found: list[Units] = [set() for _ in editions]
        kinds = sorted({cell[0] for cell in table}, key=lambda kind: kind in SECOND)
        for kind in kinds:
            given: list[set[str]] = []
            for edition in editions:
                of_kind = {unit for owner, unit in forced[edition] if owner == kind}
                of_kind |= {u for owner, u in found[edition] if owner == CROSSED.get(kind)}
                if kind == "plan_tier" and ("line_kind", "handset") in found[edition]:
                    of_kind |= {unit for owner, _, unit in table if owner == kind}
                given.append(of_kind)
            for edition, units in enumerate(hidden_units(kind, given, measures)):
                found[edition] |= {(kind, unit) for unit in units}
        return found

    def hidden_units(kind: str, given: list[set[str]], measures: Sequence[str]) -> list[set[str]]:
        parts: dict[str, list[Counts]] = defaultdict(list)
        for cell, counts in table.items():
            if cell[0] == kind:
                parts[cell[2]].append(counts)

        def is_small(units: set[str], edition: int) -> bool:
            sums: dict[tuple[str, str, int], int] = defaultdict(int)
            for (owner, part, unit), counts in table.items():
                if owner == kind and unit in units:
                    for measure in measures:
                        for month in range(edition + 1):
                            sums[part, measure, month] += counts[measure][month]
            return any(0 < amount < smallest for amount in sums.values())

        def is_there(unit: str, edition: int) -> bool:
            return any(
                counts[measure][month]
                for counts in parts[unit]
                for measure in ("opening_lines", "gross_adds")
                for month in range(edition + 1)
            )

        def place(unit: str) -> tuple[bool, int, int, str]:
            appears = next((n for n in editions if is_there(unit, n)), len(editions))
            stock = sum(counts["opening_lines"][0] for counts in parts[unit])
            return unit == "neither", appears, len(str(stock)), unit

        order = sorted(parts, key=place)
        marked = [
            {unit for unit in parts if is_small({unit}, n)} | (given[n] & set(parts))
            for n in editions
        ]

        def is_safe(joined: int, edition: int) -> bool:
            there = {unit for unit in parts if is_there(unit, edition)}
            hidden = (marked[edition] | set(order[:joined])) & there
            if not marked[edition] or hidden == there:
                return True
            return len(hidden) >= 2 and not is_small(hidden, edition)

        found = []
        for edition in editions:
            joined = next(
                number
                for number in range(len(order) + 1)
                if all(is_safe(number, earlier) for earlier in range(edition + 1))
            )
            found.append(marked[edition] | set(order[:joined]) if marked[edition] else set())
        return found

    lines = chosen([set() for _ in editions], TOGETHER)
    return list(zip(lines, chosen(lines, ("port_outs", "other_ends")), strict=True))


class Attacker:
    """Knows what is published, that stocks follow from flows, and how segments add up."""

    def __init__(
        self, published: Mapping[Unknown, int], cells: Iterable[Cell], months: int
    ) -> None:
        """Write down every equation; `published` has stocks 0..months and flows of each month."""
        self._cells = set(cells)
        self._place = {
            unknown: number
            for number, unknown in enumerate(
                (cell, measure, month)
                for cell in sorted(self._cells)
                for measure in measures_of(cell)
                for month in range(months + (measure == "stock"))
            )
        }
        self._rows: list[dict[Unknown, int]] = []
        self._values: list[int] = []
        for unknown, value in published.items():
            self._equation({unknown: 1}, value)
        for cell in self._cells:
            for month in range(0 if cell[0] in PORTS_ONLY else months):
                self._equation(
                    {
                        (cell, "stock", month): 1,
                        (cell, "gross_adds", month): 1,
                        (cell, "deactivations", month): -1,
                        (cell, "stock", month + 1): -1,
                    },
                    0,
                )
        for whole, pieces in self._sums():
            for measure in measures_of(pieces[0]):
                for month in range(months + (measure == "stock")):
                    self._equation(
                        {(whole, measure, month): -1}
                        | {(piece, measure, month): 1 for piece in pieces},
                        0,
                    )
        self._months = months

    def _equation(self, terms: dict[Unknown, int], value: int) -> None:
        self._rows.append(terms)
        self._values.append(value)

    def _sums(self) -> Iterable[tuple[Cell, list[Cell]]]:
        """What adds up to what, as the descriptions of the report say."""
        for kind in {cell[0] for cell in self._cells} - {"total", "plan_tier"}:
            yield TOTAL, [cell for cell in self._cells if cell[0] == kind]
        for kind, unit_kind in CROSSED.items():
            for cell in self._cells:
                if cell[0] == unit_kind:
                    yield cell, [c for c in self._cells if c[0] == kind and c[2] == cell[2]]
                if cell[0] == "exposure":
                    yield cell, [c for c in self._cells if c[0] == kind and c[1] == cell[2]]
        for cell in self._cells:
            if cell == ("exposure", "all", "affected"):
                classes = [c for c in self._cells if c[0] == "exposure_class"]
                yield cell, [c for c in classes if c[2] != "neither"]
            if cell == ("line_kind", "all", "handset"):
                yield cell, [c for c in self._cells if c[0] == "plan_tier"]

    def _matrix(self) -> NDArray[np.float64]:
        matrix = np.zeros((len(self._rows), len(self._place)))
        for number, terms in enumerate(self._rows):
            for unknown, factor in terms.items():
                matrix[number, self._place[unknown]] += factor
        return matrix

    def subtracts(self) -> set[Unknown]:
        """Everything that follows from the equations alone, without a guess."""
        matrix = self._matrix()
        # An unknown is determined if no solution of the homogeneous equations moves it.
        values, vectors = np.linalg.eigh(matrix.T @ matrix)
        free = vectors[:, values < 1e-8 * max(values[-1], 1)]
        moves = np.abs(free).max(axis=1) if free.size else np.zeros(len(self._place))
        return {unknown for unknown, number in self._place.items() if moves[number] < 1e-6}

    def bounds(self, terms: Mapping[Unknown, int]) -> tuple[float, float]:
        """Least and most that a sum can be, if nothing is negative or more than there is."""
        aim = np.zeros(len(self._place))
        for unknown, factor in terms.items():
            aim[self._place[unknown]] = factor
        limits = []
        for cell in self._cells:
            for month in range(0 if cell[0] in PORTS_ONLY else self._months):
                row = np.zeros(len(self._place))
                row[self._place[cell, "port_outs", month]] = 1
                row[self._place[cell, "deactivations", month]] = -1
                limits.append(row)
        found = []
        for sign in (1, -1):
            result = linprog(
                sign * aim,
                A_ub=np.array(limits),
                b_ub=np.zeros(len(limits)),
                A_eq=self._matrix(),
                b_eq=np.array(self._values, dtype=float),
                bounds=(0, None),
            )
            assert result.status in (0, 3), result.message
            found.append(sign * result.fun if result.status == 0 else -sign * np.inf)
        return found[0], found[1]
