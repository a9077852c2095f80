"""Do the ranges of what is still to come cover what came? `python -m benchmarks.backtest_ranges`.

Belongs here: valuing simulated programmes with the warehouse's own models on several days, and
counting how often the range held. Does not belong here: the simulation and the rules.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
from dataclasses import replace

from tests.unit.oracles import uptake_simulation as simulation
from tests.unit.oracles.reserving import Basis
from tests.unit.oracles.reserving_sql import Programmes, rows

#: Days before the claims of the scenario ended: the first days, both sides of the first deadline,
#: and the weeks after the extension.
VALUED = (
    dt.date(2026, 1, 10),
    dt.date(2026, 1, 18),
    dt.date(2026, 1, 31),
    dt.date(2026, 2, 15),
    dt.date(2026, 2, 28),
    dt.date(2026, 3, 15),
)

Coverage = dict[tuple[str, str], tuple[int, int, float, float]]
"""(basis, day) -> (ranges that held, all, mean of estimate / truth, mean width / truth)."""


def of_the_waiver(seeds: int, lines: int, first_seed: int = 1) -> Coverage:
    """Value the waiver of the scenario by the register's basis and by the plain chain ladder.

    The horizon is the end of the scenario's claims, the last day of its data: that is what the
    truth is known for.
    """
    given = simulation.parameters()
    last_on = given["period"]["last_on"]
    opens_on = given["waiver"]["claims_open_at"].date()
    register = simulation.basis_of_the_register(
        "fee_waiver", opens_on=opens_on, closes_on=last_on + dt.timedelta(days=1)
    )
    plain = replace(register, half_life=(0.01, 0.01, 0.01), min_developed_share=0.0)
    truths = {}
    run = Programmes(last_on, list(VALUED))
    for seed in range(first_seed, first_seed + seeds):
        known = simulation.claims_of_the_scenario(seed, lines, given)
        truths[str(seed)] = known.taken_in_the_end
        run.add(f"register {seed}", register, known.events, from_opening=True)
        run.add(f"plain_chain_ladder {seed}", plain, known.events)
    return _covered(run, truths)


def of_mack(seeds: int, first_seed: int = 1) -> Coverage:
    """Value programmes that develop as Mack's model says: the stated coverage must come out."""
    last = simulation.month(12) - dt.timedelta(days=1)
    end = simulation.month(24) - dt.timedelta(days=1)
    basis = Basis(
        cohort_grain="month",
        lag_grain="month",
        min_cohorts=4,
        min_ages=4,
        min_developed_share=0.0,
        half_life=(0.01, 0.01, 0.01),
    )
    truths = {}
    run = Programmes(end, [last])
    for seed in range(first_seed, first_seed + seeds):
        known = simulation.take_up_by_lag(seed)
        truths[str(seed)] = known.taken_in_the_end
        run.add(f"mack {seed}", basis, known.events)
    return _covered(run, truths)


def _covered(run: Programmes, truths: dict[str, int]) -> Coverage:
    counted: dict[tuple[str, str], list[tuple[bool, float, float]]] = {}
    for row in rows(run.run(), "from fct_uptake_totals"):
        basis, seed = row["programme_id"].split()
        truth = truths[seed]
        counted.setdefault((basis, str(row["valuation_on"])), []).append(
            (
                row["ultimate_low_krw"] <= truth <= row["ultimate_high_krw"],
                row["ultimate_krw"] / truth,
                (row["ultimate_high_krw"] - row["ultimate_low_krw"]) / truth,
            )
        )
    return {
        key: (
            sum(held for held, _, _ in cases),
            len(cases),
            sum(estimate for _, estimate, _ in cases) / len(cases),
            sum(width for _, _, width in cases) / len(cases),
        )
        for key, cases in sorted(counted.items())
    }


def tolerance(share: float, cases: int, z: float = 3.0) -> float:
    """Return how far the share observed may lie from the one stated by chance alone."""
    return z * math.sqrt(share * (1 - share) / cases)


def main() -> None:
    """Print how often each range held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--lines", type=int, default=6600)
    given = parser.parse_args()
    print("basis                day         held        estimate/truth  width/truth")
    for found in (of_mack(given.seeds), of_the_waiver(given.seeds, given.lines)):
        for (basis, day), (held, cases, estimate, width) in found.items():
            print(
                f"{basis:20} {day}  {held / cases:6.1%} of {cases:<5} {estimate:8.3f}{width:15.3f}"
            )


if __name__ == "__main__":
    main()
