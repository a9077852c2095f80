"""Survival and incidence by the SQL against plain Python and lifelines, on generated curves.

Thousands of curves are built in one run: each is a stratum of its own in the counts that the models
start from.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles.models_in_memory import Tables
from tests.unit.oracles.survival import (
    Followed,
    Z,
    aalen_johansen,
    kaplan_meier,
    log_log_interval,
)

CURVES = 10_000
DEPARTURES = {"port_out", "voluntary"}
#: Ways out as kind and destination.
WAYS = ("port_out/SKT", "port_out/MVNO", "voluntary/none", "forced/none")
RULES = "line_kinds varchar, own_brand_only boolean, departure_kinds varchar, min_at_risk bigint, "

TABLES = Tables(
    {
        "fct_risk_set_changes": (
            "curve_id varchar, time_origin varchar, incident_id varchar, stratum_kind varchar, "
            "stratum varchar, day_number bigint, change_kind varchar, recipient varchar, "
            "lines bigint"
        ),
        "int_survival_origins": (
            "time_origin varchar, incident_id varchar, started_on date, "
            + RULES
            + "report_every_days bigint, interval_z double"
        ),
    }
)


def kind_of(end: str | None) -> str | None:
    """Kind of termination of a way out."""
    return end.partition("/")[0] if end else None


def drawn(state: random.Random, most: int = 12) -> list[Followed]:
    """Lines with ties, late entries, some that go on the day they come, days that empty the set."""
    span = state.choice([2, 4, 9, 25])
    lines = []
    for _ in range(state.randint(1, most)):
        first = state.randint(1, span) if state.random() < 0.6 else 1
        last = first + state.randint(0, span)
        end = state.choice(WAYS) if state.random() < 0.6 else None
        lines.append(Followed(first, last, end))
    return lines


def counts(curve: str, least: int, lines: list[Followed]) -> list[dict[str, Any]]:
    """What the models start from."""
    changes: Counter[tuple[int, str, str]] = Counter()
    for line in lines:
        changes[line.first_day, "entered", "none"] += 1
        kind, _, recipient = (line.end or "censored/none").partition("/")
        changes[line.last_day, kind, recipient] += 1
    return [
        {
            "curve_id": curve,
            "time_origin": f"least_{least}",
            "incident_id": "none",
            "stratum_kind": "total",
            "stratum": curve,
            "day_number": day,
            "change_kind": kind,
            "recipient": recipient,
            "lines": number,
        }
        for (day, kind, recipient), number in changes.items()
    ]


def curves_by_sql(
    curves: dict[str, tuple[int, list[Followed]]],
) -> tuple[dict[str, dict[int, Any]], dict[tuple[str, str], dict[int, Any]]]:
    """Rows of both reports by curve (and way out) and day."""
    TABLES.fill_many(
        {
            "fct_risk_set_changes": [
                row
                for curve, (least, lines) in curves.items()
                for row in counts(curve, least, lines)
            ],
            "int_survival_origins": [
                {
                    "time_origin": f"least_{least}",
                    "incident_id": "none",
                    "departure_kinds": "|" + "|".join(sorted(DEPARTURES)) + "|",
                    "min_at_risk": least,
                    "report_every_days": 1,
                    "interval_z": Z,
                }
                for least in sorted({least for least, _ in curves.values()})
            ],
        }
    )
    survival: dict[str, dict[int, Any]] = defaultdict(dict)
    for row in TABLES.build("fct_risk_sets", "rpt_survival"):
        survival[row["stratum"]][row["day_number"]] = row
    incidence: dict[tuple[str, str], dict[int, Any]] = defaultdict(dict)
    for row in TABLES.build("rpt_competing_departures"):
        way = f"{row['kind']}/{row['recipient']}"
        incidence[row["stratum"], way][row["day_number"]] = row
    return survival, incidence


def close(found: Any, expected: float | None, tolerance: float = 2e-9) -> bool:
    """The same to the digits that are published; empty where nothing is expected."""
    if found is None or expected is None:
        return found is None and expected is None
    return math.isclose(float(found), expected, rel_tol=1e-9, abs_tol=tolerance)


def difference_of_survival(least: int, lines: list[Followed], found: dict[int, Any]) -> str | None:
    """First difference from the oracle, in words."""
    of_departures = [Followed(x.first_day, x.last_day, kind_of(x.end)) for x in lines]
    expected = kaplan_meier(of_departures, DEPARTURES, least)
    if sorted(found) != sorted(expected):
        return f"days {sorted(found)}, expected {sorted(expected)}"
    for day, step in expected.items():
        row = found[day]
        interval = log_log_interval(float(step.survival), step.standard_error)
        low, high = interval if interval and step.standard_error else (None, None)
        if not (
            (row["at_risk"], row["events"]) == (step.at_risk, step.events)
            and close(row["survival"], float(step.survival))
            and close(row["standard_error"], step.standard_error)
            and close(row["survival_low"], low)
            and close(row["survival_high"], high)
        ):
            return f"day {day}: {row}, expected {step} {interval}"
    return None


def difference_of_incidence(
    least: int, lines: list[Followed], found: dict[str, dict[int, Any]]
) -> str | None:
    """First difference from the oracle, in words."""
    for way in {line.end for line in lines if line.end}:
        expected = aalen_johansen(lines, way, least)
        rows = found.get(way, {})
        if sorted(rows) != sorted(expected):
            return f"{way}: days {sorted(rows)}, expected {sorted(expected)}"
        for day, step in expected.items():
            row = rows[day]
            error = None if step.variance is None else math.sqrt(step.variance)
            interval = log_log_interval(float(step.incidence), error)
            low, high = interval or (None, None)
            if not (
                row["cumulative_departures"] == step.departures
                and close(row["incidence"], float(step.incidence))
                and close(row["in_service"], float(step.in_service))
                # The root of a sum that ends at nothing keeps half of the digits.
                and close(row["standard_error"], error, 1e-7)
                and close(row["incidence_low"], low, 1e-6)
                and close(row["incidence_high"], high, 1e-6)
            ):
                return f"{way}, day {day}: {row}, expected {step} {error} {interval}"
    return None


@pytest.fixture(scope="module")
def generated():
    state = random.Random(20260331)
    curves = {
        f"c{number:05}": (state.choice([1, 1, 2, 4]), drawn(state)) for number in range(CURVES)
    }
    return curves, *curves_by_sql(curves)


def test_every_curve_is_the_product_of_what_stays(generated) -> None:
    curves, survival, _ = generated
    differences = {
        curve: difference
        for curve, (least, lines) in curves.items()
        if (difference := difference_of_survival(least, lines, survival.get(curve, {})))
    }
    assert len(survival) > CURVES / 2
    assert not differences, (len(differences), next(iter(differences.items())))


def test_every_incidence_is_the_sum_of_what_leaves(generated) -> None:
    curves, _, incidence = generated
    by_curve: dict[str, dict[str, dict[int, Any]]] = defaultdict(dict)
    for (curve, way), rows in incidence.items():
        by_curve[curve][way] = rows
    # The oracle compares every day with every earlier one: a third of the curves, in four ways.
    differences = {
        curve: difference
        for curve, (least, lines) in list(curves.items())[::3]
        if (difference := difference_of_incidence(least, lines, by_curve.get(curve, {})))
    }
    assert not differences, (len(differences), next(iter(differences.items())))


def test_a_value_holds_until_the_day_before_the_next(generated) -> None:
    _, survival, _ = generated
    for curve, rows in survival.items():
        days = sorted(rows)
        for day, after in itertools.pairwise(days):
            assert rows[day]["until_day"] == after - 1, curve
        assert rows[days[-1]]["until_day"] >= days[-1]
        assert {row["starts_on_day"] for row in rows.values()} == {days[0]}


a_line = st.builds(
    lambda first, length, end: Followed(first, first + length, end),
    st.integers(1, 6),
    st.integers(0, 6),
    st.sampled_from([None, *WAYS]),
)


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 3), st.lists(a_line, min_size=1, max_size=8))
def test_no_small_curve_differs(least: int, lines: list[Followed]) -> None:
    survival, incidence = curves_by_sql({"c": (least, lines)})
    assert difference_of_survival(least, lines, survival.get("c", {})) is None
    by_way = {way: rows for (_, way), rows in incidence.items()}
    assert difference_of_incidence(least, lines, by_way) is None
