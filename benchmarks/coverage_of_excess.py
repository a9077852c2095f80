"""Do intervals of excess churn hold the truth? `python -m benchmarks.coverage_of_excess`.

Belongs here: fitting many simulated histories with the warehouse's own models, and counting how
often the interval held. Does not belong here: the simulations and the rules.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from tests.unit.oracles import excess_churn_sql as sql
from tests.unit.oracles import excess_simulation as simulation
from tests.unit.oracles.excess_churn import DAY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

#: Histories of one run: their sum is the total that weighs the days.
BATCH = 100

PHASES = ("disclosure", "anticipation", "window", "aftermath", "whole")

Coverage = dict[tuple[str, str], tuple[float, float, float]]
"""(method, phase) -> (share held, mean error / truth, mean half width / truth)."""


def loads(seed: int) -> dict[dt.date, int]:
    """Draw how many commitments end on each day, in waves of weeks."""
    draw = np.random.default_rng(seed)
    waves = 20 * (1 + 0.3 * np.sin(np.arange(400) / 9))
    return {simulation.FIRST + DAY * n: int(count) for n, count in enumerate(draw.poisson(waves))}


def coverage(history: Callable[[int], simulation.History], seeds: int) -> Coverage:
    """Fit so many histories and hold each interval against its truth."""
    periods = [*sql.periods(), simulation.ELSEWHERE]
    calendar = sql.calendar(simulation.FIRST, simulation.LAST, loads(1))
    counted: dict[tuple[str, str], list[tuple[bool, float, float]]] = {}
    for first in range(1, seeds + 1, BATCH):
        histories = {
            str(seed): history(seed) for seed in range(first, min(first + BATCH, seeds + 1))
        }
        rows = sql.Run(calendar, periods=periods).estimates(
            {name: each.actual for name, each in histories.items()}
        )
        for row in rows:
            if row["phase"] is None or row["segment_kind"] == "total":
                continue
            truth = sum(
                n
                for day, n in histories[row["segment"]].without.items()
                if any(
                    each.first <= day <= each.last
                    for each in periods
                    if each.incident == row["incident_id"] and row["phase"] in (each.kind, "whole")
                )
            )
            error = row["expected"] - truth
            method = row["fit_id"].split()[0]
            counted.setdefault((method, row["phase"]), []).append(
                (abs(error) <= row["half_width"], error / truth, row["half_width"] / truth)
            )
    return {
        key: (
            sum(held for held, _, _ in cases) / len(cases),
            sum(error for _, error, _ in cases) / len(cases),
            sum(width for _, _, width in cases) / len(cases),
        )
        for key, cases in counted.items()
    }


def without_incident(habits: simulation.Habits) -> Callable[[int], simulation.History]:
    """Histories in which nothing happens."""
    calendar = sql.calendar(simulation.FIRST, simulation.LAST, loads(1))

    def history(seed: int) -> simulation.History:
        counts = simulation.drawn(seed, calendar, habits)
        return simulation.History(counts, {day: float(n) for day, n in counts.items()})

    return history


HISTORIES: dict[str, Callable[[int], simulation.History]] = {
    "scenario": simulation.of_the_plan,
    "scenario, months drawn by 2%": lambda seed: simulation.of_the_plan(seed, 0.02),
    "placebo, days and months stray": without_incident(simulation.Habits()),
    "placebo, chance alone": without_incident(simulation.Habits(dispersion=1, month_deviation=0)),
    "placebo, months stray by 5%": without_incident(simulation.Habits(month_deviation=0.05)),
    "placebo, expiries and a trend": without_incident(simulation.Habits(by_load=0.15, by_year=0.1)),
}


def main() -> None:
    """Print how often each interval held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=500)
    given = parser.parse_args()
    print("history                          method              phase          held   error   half")
    for name, history in HISTORIES.items():
        found = coverage(history, given.seeds)
        for method in ("baseline", "interrupted_series"):
            for phase in PHASES:
                held, error, width = found[method, phase]
                print(f"{name:32} {method:19} {phase:13} {held:6.1%} {error:+7.2%} {width:6.1%}")


if __name__ == "__main__":
    main()
