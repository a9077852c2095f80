"""Rounding that keeps every sum within one of its expectation."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.generator.apportionment import controlled, cumulative, largest_remainder

counts = st.fractions(min_value=0, max_value=40, max_denominator=997)


@given(st.lists(counts, min_size=1, max_size=40))
def test_every_run_of_a_series_is_within_one(expected: list[Fraction]) -> None:
    rounded = cumulative(expected)
    assert min(rounded) >= 0
    for first in range(len(expected)):
        for last in range(first + 1, len(expected) + 1):
            assert abs(sum(rounded[first:last]) - sum(expected[first:last])) <= 1


@given(st.integers(0, 10_000), st.lists(counts, min_size=1, max_size=8))
def test_parts_sum_to_their_total(total: int, weights: list[Fraction]) -> None:
    parts = dict(enumerate(weights))
    if not any(weights):
        with pytest.raises(ValueError, match="positive sum"):
            largest_remainder(total, parts)
        return
    rounded = largest_remainder(total, parts)
    assert sum(rounded.values()) == total
    for key, weight in parts.items():
        assert abs(rounded[key] - total * weight / sum(weights)) < 1


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda columns: st.lists(
            st.lists(counts, min_size=columns, max_size=columns), min_size=2, max_size=8
        )
    ),
    st.data(),
)
def test_a_table_keeps_cells_margins_and_nested_spans(
    table: list[list[Fraction]], data: st.DataObject
) -> None:
    cells = {(row, column): v for row, line in enumerate(table) for column, v in enumerate(line)}
    last = data.draw(st.integers(0, len(table) - 1))
    inner = data.draw(st.integers(0, last))
    spans = [frozenset(range(last + 1)), frozenset(range(inner + 1))]
    rounded = controlled(cells, spans)

    def near(members: set[tuple[int, int]]) -> bool:
        expected = sum((cells[cell] for cell in members), Fraction(0))
        counted = sum(rounded[cell] for cell in members)
        return math.floor(expected) <= counted <= math.ceil(expected)

    for row in range(len(table)):
        assert near({cell for cell in cells if cell[0] == row})
    for column in range(len(table[0])):
        assert near({cell for cell in cells if cell[1] == column})
    for span in (*spans, frozenset(range(len(table)))):
        assert near({cell for cell in cells if cell[0] in span})
    assert all(near({cell}) for cell in cells)


def test_the_nearer_whole_number_is_taken_where_it_can_be_had() -> None:
    cells = {("a", "x"): Fraction("2.9"), ("a", "y"): Fraction("1.1"), ("b", "x"): Fraction("0.1")}
    assert controlled({**cells, ("b", "y"): Fraction("3.9")}) == {
        ("a", "x"): 3,
        ("a", "y"): 1,
        ("b", "x"): 0,
        ("b", "y"): 4,
    }
