"""A feature that the quiet days cannot tell from the others is not carried beyond them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from tests.unit.oracles import excess_churn_sql as sql
from tests.unit.oracles import excess_simulation as simulation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

LOAD = next(each for each in sql.features() if each.kind == "expiry_load")
INVERSE = sql.CHAIN[: sql.CHAIN.index("int_baseline_inverse") + 1]


def run_with(load_of: Callable[[int], float]) -> sql.Run:
    """Observe the year with so many commitments ending on its nth day."""
    first = simulation.FIRST
    span = (simulation.LAST - first).days
    expiries = {first + sql.DAY * n: round(load_of(n)) for n in range(span)}
    return sql.Run(
        sql.calendar(first, simulation.LAST, expiries),
        periods=[*sql.periods(), simulation.ELSEWHERE],
    )


def ports_of(run: sql.Run) -> dict[str, dict[dt.date, int]]:
    """Three thousand a day, alternating a little, whatever ends."""
    days = sorted(run.calendar.processing_days())
    return {"one": {day: 3000 + (-1) ** n * 40 for n, day in enumerate(days)}}


@pytest.mark.parametrize(
    ("load_of", "is_kept"),
    [
        (lambda n: 40 + n / 12, False),
        (lambda n: 40 + n / 12 + math.sin(n), False),
        (lambda n: 40 + 20 * math.sin(n / 9), True),
    ],
    ids=["drifts with the days", "drifts and flickers", "comes in waves"],
)
def test_a_load_is_kept_where_it_is_more_than_a_trend(
    load_of: Callable[[int], float], is_kept: bool
) -> None:
    run = run_with(load_of)
    inverse = run.tables(ports_of(run)).build(*INVERSE)
    baseline = {row["row_order"] for row in inverse if row["fit_id"] == "baseline"}
    assert (LOAD.order in baseline) is is_kept
    assert len(baseline) >= 6


def test_a_load_that_drifts_does_not_move_what_is_expected_in_a_window() -> None:
    """Kept, it would take the noise of quiet days for its own and carry it on."""
    expected = {}
    for name, slope in (("drifts", 1 / 12), ("stands still", 0.0)):
        run = run_with(lambda n, slope=slope: 40 + n * slope)  # type: ignore[misc]
        rows = run.estimates(ports_of(run))
        (expected[name],) = (
            row["expected"]
            for row in rows
            if (row["fit_id"], row["phase"]) == ("baseline", "window")
            and row["segment_kind"] == "series"
        )
    assert expected["drifts"] == pytest.approx(expected["stands still"], rel=1e-6)
