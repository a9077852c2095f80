"""Take-up that is known to the end, drawn many times over, to see whether ranges cover it.

Belongs here: the claim timing of the scenario (12_claims.sql, its parameters read from the
scenario's file) and a process as the chain ladder assumes it, both as events of programmes. Does
not belong here: any estimate.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from tests.unit.oracles.models_in_memory import PROJECT_DIR
from tests.unit.oracles.reserving import Basis, Event

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = PROJECT_DIR / "scenarios" / "kt_femtocell_2025.yaml"

#: Fees are drawn lognormal: mean about that of the scenario, spread of its plans and subsidies.
FEE_LOG_MEAN, FEE_LOG_SPREAD = 11.6, 0.9


@dataclass(frozen=True)
class Known:
    """A programme whose end is known: its events, and what was taken up by the end."""

    events: list[Event]
    taken_in_the_end: int


def parameters(path: Path = SCENARIO) -> dict[str, Any]:
    """The values of a scenario without their sources."""

    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            return bare(node["value"]) if "value" in node else {k: bare(v) for k, v in node.items()}
        return node

    found: dict[str, Any] = bare(yaml.safe_load(path.read_text("utf-8")))
    return found


def day(value: Any) -> int:
    """Days as numbers."""
    return (value.date() if isinstance(value, dt.datetime) else value).toordinal()


def claims_of_the_scenario(seed: int, lines: int, given: dict[str, Any]) -> Known:
    """Claims of so many lines with a fee, by the law of the scenario.

    Half of them left before the policy was known, the rest in the window in the proportion of its
    ports. A claim before the fee is paid is not made.
    """
    random = np.random.default_rng(seed)
    waiver, window, fees = given["waiver"], given["window"], given["fees"]
    known_on = day(window["eve_on"])
    opens, closes = day(waiver["claims_open_at"]), day(waiver["claims_close_at"])
    last_on = day(given["period"]["last_on"])
    days = np.array([day(each) for each in window["outs"]])
    weights = np.array(list(window["outs"].values()), dtype=float)
    early = random.random(lines) < 0.5
    left_on = np.where(
        early,
        random.integers(day(waiver["retroactive_from"]), known_on + 1, lines),
        random.choice(days, lines, p=weights / weights.sum()),
    )
    entitled_on = np.maximum(left_on, known_on)
    at_once = random.random(lines) < fees["paid_at_once_share"]
    fee_paid_on = left_on + np.where(at_once, 0, 1 + random.integers(0, 20, lines))
    fee = np.exp(random.normal(FEE_LOG_MEAN, FEE_LOG_SPREAD, lines)).astype(np.int64)

    urge, when = random.random(lines), random.random(lines)
    in_time = waiver["claimed_in_time_share"]
    hindered = random.random(lines) < waiver["obstacle_share"]
    freed_on = closes - 6 + np.floor(random.random(lines) * 50)
    claimed_on = np.where(
        hindered,
        freed_on + 1 + np.floor(when * waiver["obstacle_days"] * 1.5),
        np.where(
            urge < in_time,
            opens + np.floor(when**2 * (closes - opens + 1)),
            closes + 1 + np.floor(when**2 * (last_on - closes)),
        ),
    )
    wrong_account = random.random(lines) < waiver["wrong_account_share"]
    cured = random.random(lines) < waiver["wrong_account_cured_share"]
    is_taken = (
        (hindered | (urge < in_time + waiver["claimed_later_share"]))
        & (claimed_on >= fee_paid_on)
        & (claimed_on <= last_on)
        & (~wrong_account | cured)
    )
    return _known(entitled_on, fee, claimed_on.astype(int), is_taken)


def take_up_by_lag(seed: int, cohorts: int = 12, lags: int = 12) -> Known:
    """Monthly cohorts that develop alike, each lag in proportion to what came before, by chance.

    The process behind Mack's formula: expected growth is the same for every cohort, its variance in
    proportion to what was taken up so far.
    """
    random = np.random.default_rng(seed)
    growth = 1 + 1.2 * 0.45 ** np.arange(lags - 1)
    spread = 900.0 * 0.5 ** np.arange(lags - 1)
    events: list[Event] = []
    total = 0
    for cohort in range(cohorts):
        start = month(cohort)
        reached = float(random.integers(2_000_000, 6_000_000))
        events.append(Event(start, "entitled", start, 10**12))
        before = 0
        for lag in range(lags):
            if lag:
                mean, variance = (growth[lag - 1] - 1) * reached, spread[lag - 1] ** 2 * reached
                reached += random.gamma(mean**2 / variance, variance / mean)
            so_far = round(reached)
            events.append(Event(start, "taken", month(cohort + lag), so_far - before))
            before = so_far
        total += before
    return Known(events, total)


def month(number: int) -> dt.date:
    """First day of the month so many months after January 2024."""
    return dt.date(2024 + number // 12, number % 12 + 1, 1)


def _known(entitled_on: Any, fee: Any, claimed_on: Any, is_taken: Any) -> Known:
    events = []
    for cohort in np.unique(entitled_on):
        own = entitled_on == cohort
        start = dt.date.fromordinal(int(cohort))
        events.append(Event(start, "entitled", start, int(fee[own].sum())))
        for claimed in np.unique(claimed_on[own & is_taken]):
            here = own & is_taken & (claimed_on == claimed)
            taken_on = dt.date.fromordinal(int(max(claimed, cohort)))
            events.append(Event(start, "taken", taken_on, int(fee[here].sum())))
    return Known(events, int(fee[is_taken].sum()))


def basis_of_the_register(programme_id: str, **changes: Any) -> Basis:
    """The basis of a programme as the registers of the incident have it."""
    reference = PROJECT_DIR / "seeds" / "reference"
    with (reference / "ref_reserving_bases.csv").open(encoding="utf-8") as file:
        row = [each for each in csv.DictReader(file) if each["programme_id"] == programme_id][-1]
    with (reference / "ref_assumptions.csv").open(encoding="utf-8") as file:
        assumed = {
            each["parameter"]: tuple(float(each[level]) for level in ("low", "base", "high"))
            for each in csv.DictReader(file)
            if each["programme_id"] == programme_id
        }
    values: dict[str, Any] = {
        "cohort_grain": row["cohort_grain"],
        "lag_grain": row["lag_grain"],
        "min_cohorts": int(row["min_cohorts"]),
        "min_ages": int(row["min_ages"]),
        "min_developed_share": float(row["min_developed_share"]),
        "interval_z": float(row["interval_z"]),
        "take_up": assumed[row["take_up_parameter"]],
        "half_life": assumed[row["delay_parameter"]],
    }
    return Basis(**{**values, **changes})
