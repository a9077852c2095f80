"""Whole numbers from shares, so that parts sum to their totals.

Belongs here: rounding. Does not belong here: what is being counted. Everything is exact arithmetic
on fractions: no part is off by a float.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

Row = TypeVar("Row", bound="Hashable")
Column = TypeVar("Column", bound="Hashable")

HALF = Fraction(1, 2)


def rounded(value: Fraction) -> int:
    """Nearest whole number, halves up."""
    return math.floor(value + HALF)


def cumulative(expected: Sequence[Fraction]) -> list[int]:
    """Round a series so that every run of it is within one of its expectation."""
    counts: list[int] = []
    total, so_far = Fraction(0), 0
    for value in expected:
        total += value
        counts.append(rounded(total) - so_far)
        so_far += counts[-1]
    return counts


def largest_remainder(total: int, weights: Mapping[Row, Fraction]) -> dict[Row, int]:
    """Split a whole number by weights; ties go to the earlier key."""
    whole = sum(weights.values())
    if whole <= 0:
        raise ValueError("weights must have a positive sum")
    quotas = {key: total * weight / whole for key, weight in weights.items()}
    counts = {key: math.floor(quota) for key, quota in quotas.items()}
    order = sorted(quotas, key=lambda key: counts[key] - quotas[key])
    for key in order[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def controlled(
    cells: Mapping[tuple[Row, Column], Fraction], spans: Sequence[frozenset[Row]] = ()
) -> dict[tuple[Row, Column], int]:
    """Round a table so that cells, rows, columns, spans of rows and the total are all within one.

    Args:
        cells: expectation by row and column.
        spans: sets of rows whose sum is bound too; any two are disjoint or nested.

    Every sum is the floor or the ceiling of its expectation, the nearer one where that can be had:
    the total first, then spans, columns, rows and cells. Such a rounding always exists: the table
    is a flow from the rows (a tree of spans) to the columns, all bounds are whole numbers, and the
    expectation itself is a feasible flow.
    """
    rows = list(dict.fromkeys(row for row, _ in cells))
    columns = list(dict.fromkeys(column for _, column in cells))
    whole = frozenset(rows)
    tree = [
        whole,
        *sorted(set(spans) - {whole}, key=lambda span: (-len(span), min(map(rows.index, span)))),
    ]
    tree += [alone for row in rows if (alone := frozenset([row])) not in tree]

    def parent(members: frozenset[Row]) -> Hashable:
        wider = [span for span in tree if members < span]
        return ("span", min(wider, key=len)) if wider else "source"

    def total(members: frozenset[Row]) -> Fraction:
        return sum((value for (row, _), value in cells.items() if row in members), Fraction(0))

    network = _Network()
    network.edge("sink", "source", total(whole))
    for span in (span for span in tree if len(span) > 1):
        network.edge(parent(span), ("span", span), total(span))
    for column in columns:
        column_total = sum((v for (_, other), v in cells.items() if other == column), Fraction(0))
        network.edge(("column", column), "sink", column_total)
    for span in (span for span in tree if len(span) == 1):
        network.edge(parent(span), ("span", span), total(span))
    for (row, column), value in cells.items():
        network.edge(("span", frozenset([row])), ("column", column), value)
    for edge in list(network.expected):
        network.prefer_nearest(edge)
    flow = network.solve()
    if flow is None:
        raise ValueError("no rounding within the bounds: the spans are not nested")
    return {
        (row, column): flow[("span", frozenset([row])), ("column", column)] for row, column in cells
    }


Edge = tuple["Hashable", "Hashable"]


@dataclass
class _Network:
    """A circulation with lower bounds, solved by augmenting paths (a few dozen edges)."""

    expected: dict[Edge, Fraction] = field(default_factory=dict)
    bounds: dict[Edge, tuple[int, int]] = field(default_factory=dict)

    def edge(self, tail: Hashable, head: Hashable, value: Fraction) -> None:
        """Add an edge that carries the floor or the ceiling of a value."""
        self.expected[tail, head] = value
        self.bounds[tail, head] = (math.floor(value), math.ceil(value))

    def prefer_nearest(self, edge: Edge) -> None:
        """Fix an edge to the nearest whole number if the others leave room for it."""
        before = self.bounds[edge]
        nearest = rounded(self.expected[edge])
        self.bounds[edge] = (nearest, nearest)
        if self.solve() is None:
            self.bounds[edge] = before

    def solve(self) -> dict[Edge, int] | None:
        """Find a flow within the bounds; None when there is none."""
        start, end = "start", "end"
        room: dict[Hashable, dict[Hashable, int]] = {start: {}, end: {}}
        need: dict[Hashable, int] = {}
        for (tail, head), (low, high) in self.bounds.items():
            room.setdefault(tail, {})[head] = high - low
            room.setdefault(head, {}).setdefault(tail, 0)
            need[head] = need.get(head, 0) + low
            need[tail] = need.get(tail, 0) - low
        for node, amount in need.items():
            if amount > 0:
                room[start][node] = amount
            elif amount < 0:
                room[node][end] = -amount
        while path := _augmenting_path(room, start, end):
            step = min(room[tail][head] for tail, head in path)
            for tail, head in path:
                room[tail][head] -= step
                room[head][tail] = room[head].get(tail, 0) + step
        if any(room[start].values()):
            return None
        return {
            (tail, head): high - room[tail][head] for (tail, head), (_, high) in self.bounds.items()
        }


def _augmenting_path(
    room: dict[Hashable, dict[Hashable, int]], start: Hashable, end: Hashable
) -> list[Edge]:
    came_from: dict[Hashable, Hashable] = {start: start}
    queue = deque([start])
    while queue and end not in came_from:
        node = queue.popleft()
        for head, left in room.get(node, {}).items():
            if left > 0 and head not in came_from:
                came_from[head] = node
                queue.append(head)
    if end not in came_from:
        return []
    path: list[Edge] = []
    node = end
    while node != start:
        path.append((came_from[node], node))
        node = came_from[node]
    return path[::-1]
