"""Ranges of what is still to come hold at the rate they state, on take-up whose end is known."""

from __future__ import annotations

import csv
from statistics import NormalDist

import pytest

from benchmarks import backtest_ranges
from tests.unit.oracles.models_in_memory import PROJECT_DIR

STATED = 0.95


@pytest.fixture(scope="module")
def waiver() -> backtest_ranges.Coverage:
    return backtest_ranges.of_the_waiver(seeds=60, lines=6600)


def test_the_chain_ladder_covers_at_the_stated_rate_where_cohorts_develop_alike() -> None:
    (found,) = backtest_ranges.of_mack(seeds=300).values()
    held, cases, estimate, _ = found
    assert abs(held / cases - STATED) <= backtest_ranges.tolerance(STATED, cases)
    assert estimate == pytest.approx(1, abs=0.01)


def test_the_waiver_is_covered_on_every_day_at_no_less_than_the_stated_rate(waiver) -> None:
    days = {day: found for (basis, day), found in waiver.items() if basis == "register"}
    assert len(days) == len(backtest_ranges.VALUED)
    for day, (held, cases, _, width) in days.items():
        assert held / cases >= STATED - backtest_ranges.tolerance(STATED, cases), day
        # A range that says nothing would cover as well.
        assert width < 0.75, day
    in_order = [days[day][3] for day in sorted(days)]
    assert in_order[-1] < in_order[2] / 4, "the range does not narrow as claims come in"


def test_a_plain_chain_ladder_by_days_since_entitlement_would_not_cover_the_waiver(waiver) -> None:
    # Claims follow the calendar of the terms: why the register counts from the opening of claims
    # and leans on assumptions (docs/decisions/0013-ultimates-of-take-up.md).
    late = [
        held / cases
        for (basis, day), (held, cases, _, _) in waiver.items()
        if basis == "plain_chain_ladder" and day >= "2026-01-31"
    ]
    assert len(late) == 4
    assert max(late) < 0.5


def test_the_register_states_coverage_and_quantile_alike() -> None:
    path = PROJECT_DIR / "seeds" / "reference" / "ref_reserving_bases.csv"
    with path.open(encoding="utf-8") as file:
        stated = [row for row in csv.DictReader(file) if row["interval_share"]]
    assert stated
    for row in stated:
        quantile = NormalDist().inv_cdf((1 + float(row["interval_share"])) / 2)
        assert float(row["interval_z"]) == pytest.approx(quantile, abs=1e-5), row["programme_id"]
