"""The curves of the models against lifelines, a second opinion, on the same generated lines."""

from __future__ import annotations

import importlib
import math
import random
import warnings
from typing import Any

import pytest

from tests.unit.oracles.survival import Followed
from tests.unit.test_survival_curves import DEPARTURES, WAYS, curves_by_sql, kind_of

LEAST = 5


def lifelines_of(name: str) -> Any:
    """A fitter of lifelines; importing it takes seconds, so only the tests that need it do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lifelines = importlib.import_module("lifelines")
    return getattr(lifelines, name)


def with_ties(state: random.Random) -> list[Followed]:
    """Lines that come late and go on the same days."""
    lines = []
    for _ in range(state.randint(30, 200)):
        first = state.choice([1, 1, state.randint(1, 30)])
        end = state.choice(WAYS) if state.random() < 0.5 else None
        lines.append(Followed(first, first + state.randint(0, 40), end))
    return lines


def without_ties(state: random.Random) -> list[Followed]:
    """No two lines go on one day, and none comes on a day on which one goes.

    lifelines shakes tied days of different ways apart, and counts who comes on a day as at risk on
    it; what it does without either is compared.
    """
    days = list(range(2, 200, 2))
    state.shuffle(days)
    lines = []
    for last in days[: state.randint(15, 40)]:
        first = state.choice([1, 2 * state.randint(1, last // 2)])
        lines.append(Followed(first, last, state.choice([*WAYS, None])))
    return lines


@pytest.fixture(scope="module")
def generated():
    state = random.Random(1958)
    curves = {f"t{number:02}": (1, with_ties(state)) for number in range(25)}
    curves |= {f"l{number:02}": (LEAST, with_ties(state)) for number in range(10)}
    curves |= {f"u{number:02}": (1, without_ties(state)) for number in range(4)}
    return curves, *curves_by_sql(curves)


def test_lifelines_agrees_on_survival_with_late_entry_and_ties(generated) -> None:
    fitter = lifelines_of("KaplanMeierFitter")
    curves, survival, _ = generated
    compared = 0
    for curve, (_, lines) in curves.items():
        rows = survival[curve]
        start = min(rows)
        # The curve is conditional on its first day: whoever came before is at risk from then on.
        followed = [line for line in lines if line.last_day >= start]
        fitted = fitter().fit(
            [line.last_day for line in followed],
            [kind_of(line.end) in DEPARTURES for line in followed],
            entry=[max(line.first_day, start) - 1 for line in followed],
        )
        interval = fitted.confidence_interval_
        for day, row in rows.items():
            if not row["events"]:
                continue
            assert float(row["survival"]) == pytest.approx(
                float(fitted.survival_function_.loc[day].iloc[0]), abs=1e-9
            ), (curve, day)
            if row["survival_low"] is not None:
                assert [float(row["survival_low"]), float(row["survival_high"])] == pytest.approx(
                    interval.loc[day].tolist(), abs=1e-6
                ), (curve, day)
                compared += 1
    assert compared > 500


def test_lifelines_agrees_on_incidence_without_ties(generated) -> None:
    fitter = lifelines_of("AalenJohansenFitter")
    curves, _, incidence = generated
    compared = 0
    for curve, (_, lines) in curves.items():
        if not curve.startswith("u"):
            continue
        for code, way in enumerate(WAYS, start=1):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitted = fitter().fit(
                    [line.last_day for line in lines],
                    [WAYS.index(line.end) + 1 if line.end else 0 for line in lines],
                    code,
                    entry=[line.first_day - 1 for line in lines],
                )
            for day, row in incidence.get((curve, way), {}).items():
                assert float(row["incidence"]) == pytest.approx(
                    float(fitted.cumulative_density_.loc[day].iloc[0]), abs=1e-9
                ), (curve, way, day)
                theirs = float(fitted.variance_.loc[day])
                if row["incidence_low"] is not None and math.isfinite(theirs):
                    assert float(row["standard_error"]) == pytest.approx(
                        math.sqrt(max(theirs, 0)), abs=1e-7
                    ), (curve, way, day)
                    assert [
                        float(row["incidence_low"]),
                        float(row["incidence_high"]),
                    ] == pytest.approx(
                        sorted(fitted.confidence_interval_.loc[day].tolist()), abs=1e-6
                    ), (curve, way, day)
                    compared += 1
    assert compared > 100
