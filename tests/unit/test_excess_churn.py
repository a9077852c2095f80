"""Excess churn by the SQL: against the oracle, and against histories whose counterfactual is known.

Belongs here: the fit and its interval on thousands of cases, how often an interval covers, what a
broken design or register does. Does not belong here: branches of each model (dbt unit tests).
"""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.coverage_of_excess import loads
from tests.unit.oracles import excess_churn_sql as sql
from tests.unit.oracles import excess_simulation as simulation
from tests.unit.oracles.excess_churn import (
    BASELINE,
    DAY,
    Calendar,
    Feature,
    Fit,
    Period,
    Terms,
    period_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from tests.unit.oracles.models_in_memory import Row

INCIDENT = "KT-2025"
PERIODS = [*sql.periods(), simulation.ELSEWHERE]
PHASES = ("disclosure", "anticipation", "window", "aftermath", "whole")
STATED = 0.95
WITHIN_HALF = math.erf(0.98 / math.sqrt(2))
"""Share of cases within half the half width, where an interval is as wide as it states."""


def year(seed: int = 1) -> Calendar:
    """The observed year, with commitments that end in it."""
    return sql.calendar(simulation.FIRST, simulation.LAST, loads(seed))


def days_of(
    calendar: Calendar,
    phase: str,
    periods: Sequence[Period] = PERIODS,
    incident: str = INCIDENT,
    own: Collection[str] = (INCIDENT,),
) -> set[dt.date]:
    """Delivered days of a phase of an incident of the operator."""
    of_days = {day: period_of(day, periods, own) for day in calendar.delivered_days()}
    return {
        day
        for day, period in of_days.items()
        if period and period.incident == incident and phase in (period.kind, "whole")
    }


def of_phases(rows: Iterable[Row], method: str) -> dict[tuple[str, str], Row]:
    """Estimates of one method by series and phase."""
    return {
        (row["segment"], row["phase"]): row
        for row in rows
        if row["phase"] is not None
        and row["segment_kind"] == "series"
        and row["fit_id"].startswith(method)
    }


def surge(
    counts: Mapping[dt.date, int], days: Iterable[dt.date], times: float
) -> dict[dt.date, int]:
    """A history whose ports are multiplied on some days."""
    chosen = set(days)
    return {day: round(n * times) if day in chosen else n for day, n in counts.items()}


# ------------------------------------------------------------------------------------ the fit


def compare(run: sql.Run, ports: Mapping[str, Mapping[dt.date, int]]) -> int:
    """Hold every estimate of every series against the oracle; how many were compared."""
    fits = {BASELINE: Fit(run.calendar, run.features, run.periods, run.terms, ports)}
    for incident in run.operators:
        fits[f"interrupted_series {incident}"] = Fit(
            run.calendar,
            run.features,
            run.periods,
            run.terms,
            ports,
            interrupted_by=incident,
            own=run.operators,
        )
    phases = {
        (incident, phase): days_of(run.calendar, phase, run.periods, incident, run.operators)
        for incident in run.operators
        for phase in PHASES
    }
    compared = 0
    for row in run.estimates(ports):
        if row["segment_kind"] == "total":
            continue
        key = (row["incident_id"], row["phase"])
        days = {row["first_on"]} if row["phase"] is None else phases[key]
        expected = fits[row["fit_id"]].over(row["segment"], days)
        case = (row["fit_id"], row["target_id"], row["segment"])
        assert row["days"] == len(days), case
        assert row["actual"] == sum(ports[row["segment"]].get(day, 0) for day in days), case
        if expected is None:
            assert row["expected"] is None, case
            assert row["verdict"] == "too_few_fit_days", case
        else:
            tolerance = 1e-6 * (1 + abs(expected.expected))
            assert row["expected"] == pytest.approx(expected.expected, abs=tolerance), case
            assert (row["half_width"] is None) == (expected.high is None), case
            if expected.high is not None:
                half = expected.high - expected.expected
                assert row["half_width"] == pytest.approx(half, abs=tolerance), case
        compared += 1
    return compared


def test_every_estimate_is_the_oracle_s_on_a_year_of_many_series() -> None:
    calendar = year()
    draw = random.Random(5)
    window = days_of(calendar, "window")
    ports = {
        f"series {number}": surge(
            simulation.drawn(
                number,
                calendar,
                simulation.Habits(
                    level=draw.choice((0.02, 0.3, 3, 40, 3000)),
                    dispersion=draw.choice((1, 2, 5)),
                    by_load=draw.choice((0, 0.2)),
                    by_year=draw.choice((-0.2, 0, 0.1)),
                ),
            ),
            window,
            draw.choice((1, 8)),
        )
        for number in range(34)
    }
    assert compare(sql.Run(calendar, periods=PERIODS), ports) >= 10_000


#: Boundaries of what a fit can rest on: name -> what differs from the whole year.
EDGES: dict[str, dict[str, object]] = {
    "in the middle of the window": {"last": dt.date(2026, 1, 6)},
    "no holiday, no Sunday queue and no ending commitment": {"is_plain": True},
    "a feature said twice": {"again": 5},
    "one quiet day too few": {"min_fit_days": 1},
    "just as many quiet days as needed": {"min_fit_days": 0},
    "no quiet day at all": {"first": dt.date(2025, 9, 11)},
    "fewer days than features": {"first": dt.date(2025, 9, 8), "min_fit_days": -99},
}


@pytest.mark.parametrize("edge", EDGES)
def test_edges_of_a_fit_are_the_oracle_s(edge: str) -> None:
    given = EDGES[edge]
    first, last = given.get("first", dt.date(2025, 8, 1)), given.get("last", dt.date(2026, 1, 20))
    assert isinstance(first, dt.date)
    assert isinstance(last, dt.date)
    calendar = sql.calendar(first, last, loads(2))
    if given.get("is_plain"):
        calendar = Calendar(first, last, frozenset(), frozenset())
    features = sql.features()
    if "again" in given:
        features.append(replace(features[5], order=15))
    quiet = [
        day
        for day in calendar.processing_days()
        if not any(each.first <= day <= each.last for each in PERIODS)
    ]
    terms = replace(
        sql.terms(), min_fit_days=max(1, len(quiet) + int(str(given.get("min_fit_days", -5))))
    )
    ports = {
        f"level {level}": surge(
            simulation.drawn(level, calendar, simulation.Habits(level=level)),
            days_of(calendar, "window"),
            9,
        )
        for level in (1, 900)
    }
    assert compare(sql.Run(calendar, terms, features, PERIODS), ports) > 30


def test_segments_add_up_to_the_total() -> None:
    """One rule for all series, linear in their ports: what is fitted apart adds up."""
    calendar = sql.calendar(dt.date(2025, 8, 1), dt.date(2026, 1, 20), loads(3))
    ports = {
        f"segment {number}": simulation.drawn(number, calendar, simulation.Habits(level=level))
        for number, level in enumerate((2000, 300, 5, 0.5))
    }
    sums: dict[tuple[str, str], float] = {}
    for row in sql.Run(calendar, periods=PERIODS).estimates(ports):
        sign = 1 if row["segment_kind"] == "total" else -1
        key = (row["fit_id"], row["target_id"])
        sums[key] = sums.get(key, 0.0) + sign * row["expected"]
    assert max(abs(difference) for difference in sums.values()) < 1e-6


def test_the_worked_example_of_the_docs() -> None:
    """docs/metrics.md: four quiet days of 100, 104, 96 and 100 ports, two days of a window."""
    tuesdays = [dt.date(2025, 4, 1) + 7 * DAY * number for number in range(7)]
    every = [tuesdays[0] + DAY * number for number in range(-20, 80)]
    calendar = Calendar(
        tuesdays[1],
        tuesdays[-1],
        frozenset(day for day in every if day not in tuesdays),
        frozenset(),
    )
    run = sql.Run(
        calendar,
        replace(sql.terms(), min_fit_days=4, min_fit_ports=1),
        [Feature(1, "request_days", frozenset({2}))],
        [Period(INCIDENT, "window", tuesdays[5], tuesdays[6])],
    )
    ports = dict(zip(tuesdays[1:], (100, 104, 96, 100, 300, 250), strict=True))
    row = of_phases(run.estimates({"one": ports}), "baseline")["one", "window"]
    assert row["expected"] == pytest.approx(200)
    assert row["dispersion"] == pytest.approx(1)
    assert row["half_width"] == pytest.approx(57.6, abs=0.05)
    assert row["half_width"] / math.sqrt(100 + 200 + 32) == pytest.approx(3.16, abs=0.005)


# -------------------------------------------------------------------------------- its interval


def bounds(cases: int, stated: float = STATED, z: float = 3.0) -> tuple[float, float]:
    """Share of intervals that may cover, by chance alone."""
    spread = z * math.sqrt(stated * (1 - stated) / cases)
    return stated - spread, stated + spread


def share(errors: Sequence[float], widths: float) -> float:
    """Share of errors, in half widths, that lie within so many of them."""
    return sum(error <= widths for error in errors) / len(errors)


def test_intervals_cover_the_truth_of_the_scenario() -> None:
    """Fifty seeds of the plan in one run; months as the scenario writes them, or drawn."""
    histories = {str(seed): simulation.of_the_plan(seed, 0.02) for seed in range(1, 51)}
    calendar = sql.calendar(simulation.FIRST, simulation.LAST)
    rows = sql.Run(calendar, periods=PERIODS).estimates(
        {name: history.actual for name, history in histories.items()}
    )
    lowest, _ = bounds(len(histories))
    _, most = bounds(len(histories), WITHIN_HALF)
    for method in ("baseline", "interrupted"):
        found = of_phases(rows, method)
        for phase in PHASES:
            days = days_of(calendar, phase)
            errors = [
                abs(row["actual"] - row["expected"] - histories[name].excess(days))
                / row["half_width"]
                for (name, its), row in found.items()
                if its == phase
            ]
            assert len(errors) == len(histories)
            assert share(errors, 1) >= lowest, (method, phase)
            assert share(errors, 0.5) <= most, (method, phase)
    # An interval that covers because it says nothing would be no proof.
    whole = [row for (_, phase), row in of_phases(rows, "baseline").items() if phase == "whole"]
    assert all(row["actual"] - row["expected"] > 2 * row["half_width"] for row in whole)


#: What is drawn: name -> habits. Placebo: nothing happens on the days of the register.
PLACEBOS = {
    "chance alone": simulation.Habits(dispersion=1, month_deviation=0),
    "overdispersed days in months that stray": simulation.Habits(),
    "months that stray more than assumed": simulation.Habits(month_deviation=0.05),
    "commitments that end and a trend": simulation.Habits(by_load=0.15, by_year=0.1),
}
EACH = 40
AS_ASSUMED = "overdispersed days in months that stray"


def test_placebo_windows_have_no_effect() -> None:
    calendar = year(7)
    # A year of quiet days but for the placebo, and none of another carrier's.
    placebo = [
        Period(INCIDENT, "anticipation", dt.date(2025, 11, 10), dt.date(2025, 11, 11)),
        Period(INCIDENT, "window", dt.date(2025, 11, 12), dt.date(2025, 11, 25)),
        Period(INCIDENT, "aftermath", dt.date(2025, 11, 26), dt.date(2026, 2, 28)),
    ]
    ports = {
        f"{name}: {seed}": simulation.drawn(1000 * number + seed, calendar, habits)
        for number, (name, habits) in enumerate(PLACEBOS.items())
        for seed in range(EACH)
    }
    rows = sql.Run(calendar, periods=placebo).estimates(ports)
    lowest, _ = bounds(EACH)
    _, most = bounds(EACH, WITHIN_HALF)
    for method in ("baseline", "interrupted"):
        found = of_phases(rows, method)
        for name in PLACEBOS:
            for phase in ("window", "aftermath", "whole"):
                errors = [
                    abs(row["actual"] - row["expected"]) / row["half_width"]
                    for (series, its), row in found.items()
                    if its == phase and series.startswith(f"{name}: ")
                ]
                assert len(errors) == EACH
                assert share(errors, 1) >= lowest, (name, method, phase)
                if name == AS_ASSUMED:
                    assert share(errors, 0.5) <= most, (name, method, phase)
                elif name == "chance alone":
                    # What no assumption can know: wider than stated, and the bound notices it.
                    assert share(errors, 0.5) > most, (name, method, phase)


#: Fortnights of the scenario's quiet days. None holds 15 August: of the quiet days' only holiday no
#: other day knows what it brings.
FORTNIGHTS = [dt.date(2025, 4, 1), dt.date(2025, 7, 15), dt.date(2025, 7, 29), dt.date(2025, 8, 26)]


def test_fortnights_of_the_scenario_s_own_quiet_days_have_no_effect() -> None:
    """Its own months, as written: what they stray is the same under every seed."""
    histories = {str(seed): simulation.of_the_plan(seed) for seed in range(1, 11)}
    ports = {name: history.actual for name, history in histories.items()}
    calendar = sql.calendar(simulation.FIRST, simulation.LAST)
    lowest, _ = bounds(len(histories))
    for first in FORTNIGHTS:
        placebo = Period("placebo", "window", first, first + 13 * DAY)
        run = sql.Run(
            calendar, periods=[*PERIODS, placebo], operators=frozenset({INCIDENT, "placebo"})
        )
        errors: dict[str, list[float]] = {}
        for row in run.estimates(ports):
            if (row["incident_id"], row["phase"], row["segment_kind"]) == (
                "placebo",
                "window",
                "series",
            ):
                error = abs(row["actual"] - row["expected"])
                errors.setdefault(row["fit_id"], []).append(error / row["half_width"])
                # Of use, too: narrow against what left.
                assert row["half_width"] < 0.1 * row["actual"], first
        assert sorted(errors) == [BASELINE, "interrupted_series placebo"]
        for fit_id, each in errors.items():
            assert share(each, 1) >= lowest, (first, fit_id)


# ------------------------------------------------------------------------------ what is noticed


def fit(
    features: Sequence[Feature], periods: Sequence[Period], terms: Terms | None = None
) -> dict[tuple[str, str], Row]:
    """Baseline of one drawn history with a surge in the window."""
    calendar = year(9)
    counts = surge(
        simulation.drawn(77, calendar, simulation.Habits(level=3000)),
        days_of(calendar, "window"),
        8,
    )
    run = sql.Run(calendar, terms or sql.terms(), features, periods)
    return of_phases(run.estimates({"one": counts}), "baseline")


def test_a_broken_design_or_register_shows() -> None:
    sound = fit(sql.features(), PERIODS)["one", "whole"]
    assert sound["dispersion"] < 6
    without_queue = [each for each in sql.features() if each.weekdays != frozenset({7})]
    assert fit(without_queue, PERIODS)["one", "whole"]["dispersion"] > 4 * sound["dispersion"]
    # Days of the window among the quiet ones: the register forgot a week of it.
    late = [
        replace(each, first=each.first + 7 * DAY) if each.kind == "window" else each
        for each in PERIODS
    ]
    assert fit(sql.features(), late)["one", "whole"]["dispersion"] > 50 * sound["dispersion"]
