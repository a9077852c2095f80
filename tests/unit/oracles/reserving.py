"""What is still to come, by hand: chain ladder, Mack, Bornhuetter-Ferguson, roll-forward.

Belongs here: the rules of docs/metrics.md and of Mack (1993) in plain Python, cohort by cohort and
lag by lag. Does not belong here: anything taken from the models, and any data.
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Basis:
    """How a programme is estimated; three values are low, base and high."""

    cohort_grain: str = "day"
    lag_grain: str = "day"
    min_cohorts: int = 4
    min_ages: int = 4
    min_developed_share: float = 0.3
    interval_z: float = 1.959964
    take_up: tuple[float, float, float] = (0.6, 0.8, 0.95)
    half_life: tuple[float, float, float] = (3.0, 7.0, 25.0)
    opens_on: date | None = None
    closes_on: date | None = None


@dataclass(frozen=True)
class Event:
    """So much was entitled, or taken, on a day, by holders entitled on a day."""

    cohort_on: date
    kind: str
    event_on: date
    krw: int


@dataclass(frozen=True)
class Ladder:
    """Growth from each lag to the next as far as the oldest."""

    factors: list[float]
    variances: list[float]
    volumes: list[int]
    observed: list[int]


@dataclass
class Cohort:
    """One cohort on the day of valuation."""

    age: int | None
    entitled: int
    taken: int
    diagonal: int
    method: str = ""
    chain_ladder: float = 0.0
    mack_error: float = 0.0
    tail: float = 1.0
    ultimate: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class Valuation:
    """All cohorts, and their sum."""

    cohorts: dict[date, Cohort]
    mack_error: float
    ultimate: int
    low: int
    high: int


def start_of(grain: str, day: date) -> date:
    if grain == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if grain == "week" else day


def lag_of(grain: str, origin: date, day: date) -> int:
    if grain == "month":
        lag = (day.year - origin.year) * 12 + day.month - origin.month
    else:
        lag = (day - origin).days // (7 if grain == "week" else 1)
    return max(lag, 0)


def end_of_lag(grain: str, origin: date, lag: int) -> date:
    if grain == "week":
        return origin + timedelta(days=7 * lag + 6)
    if grain == "day":
        return origin + timedelta(days=lag)
    months = origin.year * 12 + origin.month - 1 + lag
    year, month = divmod(months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def developed_by(days: int, horizon: int | None, half_life: float) -> float:
    """Half of what is still to come comes in every half-life, nothing after the horizon."""
    if days <= 0:
        return 0.0
    if horizon is not None and days >= horizon:
        return 1.0
    whole = 1.0 if horizon is None else 1 - 0.5 ** (horizon / half_life)
    return (1 - 0.5 ** (days / half_life)) / whole


def ladder(rows: list[list[int]]) -> Ladder:
    """From the cumulative amounts of each cohort, one list per cohort, possibly empty."""
    lags = max((len(row) for row in rows), default=0)
    factors, volumes = [], []
    estimated: dict[int, float] = {}
    observed = []
    for k in range(lags):
        pairs = [(row[k], row[k + 1]) for row in rows if len(row) > k + 1]
        volume = sum(first for first, _ in pairs)
        factor = sum(second for _, second in pairs) / volume if volume else 1.0
        positive = [(first, second) for first, second in pairs if first > 0]
        if len(positive) > 1:
            squares = sum((second - factor * first) ** 2 / first for first, second in positive)
            estimated[k] = squares / (len(positive) - 1)
        factors.append(factor)
        volumes.append(volume)
        observed.append(len(positive))
    last = [estimated[k] for k in sorted(estimated)][-2:]
    if len(last) == 2:
        before, newest = last
        extrapolated = [newest**2 / before] if before > 0 else []
        rest = min([newest, before, *extrapolated])
    else:
        rest = last[0] if last else 0.0
    variances = [0.0 if not observed[k] else estimated.get(k, rest) for k in range(lags)]
    return Ladder(factors, variances, volumes, observed)


def mack_error(steps: Ladder, cohorts: list[tuple[int, float, float]]) -> float:
    """Standard error of the sum of cohorts, each (age, amount on the diagonal, tail).

    Mack (1993), theorem 3 and its corollary, pair by pair.
    """
    oldest = len(steps.factors) - 1
    ratios = [
        v / f**2 if f > 0 else 0.0 for f, v in zip(steps.factors, steps.variances, strict=True)
    ]
    total = 0.0
    ultimates = [
        amount * math.prod(steps.factors[age:oldest]) * tail for age, amount, tail in cohorts
    ]
    for i, (age, amount, tail) in enumerate(cohorts):
        reached = amount
        for k in range(age, oldest):
            if reached > 0:
                total += ultimates[i] ** 2 * ratios[k] / reached
            reached *= steps.factors[k]
        for j, (other, _, _) in enumerate(cohorts):
            for k in range(max(age, other), oldest):
                if steps.volumes[k]:
                    total += ultimates[i] * ultimates[j] * ratios[k] / steps.volumes[k]
        del tail
    return math.sqrt(total)


def students_quantile(z: float, degrees: int) -> float:
    """Abramowitz and Stegun 26.7.5, to the third power of the degrees of freedom."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3


def lognormal(mean: float, error: float, z: float) -> float:
    if mean <= 0:
        return mean
    spread = math.log(1 + (error / mean) ** 2)
    return mean * math.exp(z * math.sqrt(spread) - spread / 2)


def value(events: list[Event], basis: Basis, day: date, *, from_opening: bool = False) -> Valuation:
    """Value a programme at the end of a day, by events up to it."""
    events = [event for event in events if event.event_on <= day and event.cohort_on <= day]
    cohorts: dict[date, Cohort] = {}
    rows: dict[date, list[int]] = {}
    origins: dict[date, date | None] = {}
    for start in sorted({start_of(basis.cohort_grain, event.cohort_on) for event in events}):
        own = [e for e in events if start_of(basis.cohort_grain, e.cohort_on) == start]
        origin: date | None = start
        if from_opening:
            origin = None if basis.opens_on is None else max(start, basis.opens_on)
        taken = [event for event in own if event.kind == "taken"]
        row: list[int] = []
        if origin is not None:
            while end_of_lag(basis.lag_grain, origin, len(row)) <= day:
                lag = len(row)
                row.append(
                    sum(e.krw for e in taken if lag_of(basis.lag_grain, origin, e.event_on) <= lag)
                )
        rows[start] = row
        origins[start] = origin
        cohorts[start] = Cohort(
            age=len(row) - 1 if row else None,
            entitled=sum(event.krw for event in own if event.kind == "entitled"),
            taken=sum(event.krw for event in taken),
            diagonal=row[-1] if row else 0,
        )
    steps = ladder(list(rows.values()))
    ages = {cohort.age for cohort in cohorts.values() if cohort.age is not None}
    learnt = (
        sum(cohort.diagonal > 0 for cohort in cohorts.values()) >= basis.min_cohorts
        and len(ages) >= basis.min_ages
    )
    closed = basis.closes_on is not None and basis.closes_on <= day
    for start, cohort in cohorts.items():
        _estimate(
            cohort, origins[start], steps, max(ages, default=0), basis, learnt=learnt, closed=closed
        )
    return _sum(cohorts, steps, basis)


def _estimate(
    cohort: Cohort,
    origin: date | None,
    steps: Ladder,
    oldest: int,
    basis: Basis,
    *,
    learnt: bool,
    closed: bool,
) -> None:
    share = 1.0
    tails = [0.0, 0.0, 0.0]
    if cohort.age is not None and origin is not None:
        grown = math.prod(steps.factors[cohort.age : oldest])
        cohort.chain_ladder = cohort.diagonal * grown
        cohort.mack_error = mack_error(steps, [(cohort.age, cohort.diagonal, 1.0)])
        share = 1 / grown if learnt else 1.0
        shown = end_of_lag(basis.lag_grain, origin, oldest if learnt else cohort.age)
        horizon = None if basis.closes_on is None else (basis.closes_on - origin).days + 1
        tails = [developed_by((shown - origin).days + 1, horizon, h) for h in basis.half_life]
    if closed:
        cohort.method = "closed"
    elif learnt and cohort.diagonal > 0 and share * tails[1] >= basis.min_developed_share:
        cohort.method = "chain_ladder"
        cohort.tail = 1 / tails[1]
    else:
        cohort.method = "bornhuetter_ferguson"
    amounts = []
    for tail, take_up in zip(tails, basis.take_up, strict=True):
        if cohort.method == "closed":
            amount = float(cohort.taken)
        elif cohort.method == "chain_ladder":
            amount = cohort.chain_ladder / tail
        else:
            amount = cohort.taken + cohort.entitled * take_up * (1 - share * tail)
        most = max(cohort.entitled, cohort.taken)
        amounts.append(math.floor(round(min(max(amount, cohort.taken), most), 3)))
    cohort.ultimate = (amounts[0], amounts[1], amounts[2])


def _sum(cohorts: dict[date, Cohort], steps: Ladder, basis: Basis) -> Valuation:
    on_ladder = [cohort for cohort in cohorts.values() if cohort.method == "chain_ladder"]
    others = [cohort for cohort in cohorts.values() if cohort.method != "chain_ladder"]
    error = mack_error(steps, [(c.age, c.diagonal, c.tail) for c in on_ladder if c.age is not None])
    taken = sum(cohort.taken for cohort in cohorts.values())
    low, base, high = (
        sum(cohort.ultimate[level] - cohort.taken for cohort in on_ladder) for level in range(3)
    )
    most = sum(max(cohort.entitled - cohort.taken, 0) for cohort in on_ladder)
    prior_low = sum(cohort.ultimate[0] - cohort.taken for cohort in others)
    prior_high = sum(cohort.ultimate[2] - cohort.taken for cohort in others)
    quantile = students_quantile(basis.interval_z, max(max(steps.observed, default=0) - 1, 1))
    down = min(lognormal(low, error, -quantile), base)
    up = min(max(lognormal(high, error, quantile), base), most)
    return Valuation(
        cohorts=cohorts,
        mack_error=error,
        ultimate=sum(cohort.ultimate[1] for cohort in cohorts.values()),
        low=taken + prior_low + math.floor(round(down, 3)),
        high=taken + prior_high + math.floor(round(up, 3)),
    )
