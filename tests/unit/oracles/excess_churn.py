"""Excess churn by the text of its rules: an ordinary weighted fit with numpy.

Belongs here: the design of a day, the fit, its two deviations, the interval of any sum of days.
Does not belong here: the SQL's way to the same numbers, simulations, expectations.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

DAY = dt.timedelta(days=1)
BASELINE, SERIES = "baseline", "interrupted_series"


@dataclass(frozen=True)
class Feature:
    """One column of the design."""

    order: int
    kind: str
    weekdays: frozenset[int] = frozenset()
    on_holidays: bool = False
    period_kind: str = ""
    half_width_days: int = 0
    min_own_share: float = 0.0


@dataclass(frozen=True)
class Period:
    """Days of an incident."""

    incident: str
    kind: str
    first: dt.date
    last: dt.date


def period_of(day: dt.date, periods: Sequence[Period], own: Collection[str]) -> Period | None:
    """The one period of the operator's incidents that has a day: the one that began last."""
    having = [each for each in periods if each.incident in own and each.first <= day <= each.last]
    return max(having, key=lambda each: (each.first, each.incident), default=None)


@dataclass(frozen=True)
class Terms:
    """What the fit is held to."""

    z: float
    min_fit_days: int
    min_fit_ports: int
    month_deviation: float


@dataclass(frozen=True)
class Calendar:
    """Closed days and holidays of the days that deliveries observe."""

    first: dt.date
    last: dt.date
    closed: frozenset[dt.date]
    holidays: frozenset[dt.date]
    expiries: Mapping[dt.date, int] = field(default_factory=dict)
    missing: frozenset[dt.date] = frozenset()
    """Days whose file never came."""
    newest_batch_on: dt.date | None = None
    """Day of the newest delivery, where it is not the last day."""

    def delivered_days(self) -> list[dt.date]:
        """Processing days of which something is known."""
        last = self.newest_batch_on or self.last
        return [day for day in self.processing_days() if day <= last and day not in self.missing]

    def processing_days(self) -> list[dt.date]:
        """Days on which ports are processed."""
        days = [self.first + DAY * n for n in range((self.last - self.first).days + 1)]
        return [day for day in days if day not in self.closed]

    def waiting(self, day: dt.date) -> list[dt.date]:
        """Days whose requests are processed on a day."""
        waited = [day]
        while waited[-1] - DAY in self.closed:
            waited.append(waited[-1] - DAY)
        return waited


@dataclass(frozen=True)
class Estimate:
    """What would have left on some days, with its interval."""

    expected: float
    low: float | None
    high: float | None


def student(z: float, degrees: float) -> float:
    """Quantile of Student's t for the normal quantile z, by its expansion in 1 / degrees."""
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )


def _load(calendar: Calendar, day: dt.date, width: int) -> float:
    """Commitments that end on a day around a day, none counted before the first observed one."""
    around = [day + DAY * n for n in range(-width, width + 1)]
    known = [each for each in around if each >= calendar.first]
    return sum(calendar.expiries.get(each, 0) for each in known) / len(known)


class Fit:
    """A fit of all series of ports at once; `ports` maps a series to its counts by day."""

    def __init__(
        self,
        calendar: Calendar,
        features: Sequence[Feature],
        periods: Sequence[Period],
        terms: Terms,
        ports: Mapping[str, Mapping[dt.date, int]],
        *,
        interrupted_by: str | None = None,
        own: Collection[str] = (),
    ) -> None:
        self.terms = terms
        self.days = calendar.delivered_days()
        self.ports = {
            name: np.array([counts.get(day, 0) for day in self.days], dtype=float)
            for name, counts in ports.items()
        }
        in_period = np.array(
            [any(each.first <= day <= each.last for each in periods) for day in self.days]
        )
        self.quiet = ~in_period
        phases = ["quiet" if calm else "" for calm in self.quiet]
        for number, day in enumerate(self.days):
            period = period_of(day, periods, {interrupted_by or "", *own})
            if period is not None and period.incident == interrupted_by:
                phases[number] = period.kind
        self.phases = np.array(phases)
        self.fitted = self.phases != ""
        self.months = np.array([day.strftime("%Y-%m") for day in self.days])
        self.base, self.design = self._design(calendar, features, periods, interrupted_by)
        ordered = sorted(features, key=lambda one: one.order)
        self.min_shares = [max(each.min_own_share, 1e-7) for each in ordered]
        self.n, self.degrees = int(self.quiet.sum()), 0
        if self.n:
            self.usual = self._usual(calendar)
            self.weight = self._weights()
            self._solve()

    def _design(
        self,
        calendar: Calendar,
        features: Sequence[Feature],
        periods: Sequence[Period],
        incident: str | None,
    ) -> tuple[Matrix, Matrix]:
        quiet_days = [day for day, calm in zip(self.days, self.quiet, strict=True) if calm]
        origin = min(quiet_days).toordinal() if quiet_days else 0
        centre = np.mean([day.toordinal() - origin for day in quiet_days]) if quiet_days else 0.0
        loads = {
            width: {day: _load(calendar, day, width) for day in self.days}
            for width in {each.half_width_days for each in features}
        }
        columns, base = [], []
        for each in sorted(features, key=lambda one: one.order):
            column = []
            usual = (
                np.mean([loads[each.half_width_days][day] for day in quiet_days])
                if quiet_days
                else 0
            )
            for day, phase in zip(self.days, self.phases, strict=True):
                if each.kind == "request_days":
                    waited = calendar.waiting(day)
                    value = float(
                        sum(
                            one.isoweekday() in each.weekdays
                            and (one in calendar.holidays) == each.on_holidays
                            for one in waited
                        )
                    )
                elif each.kind == "trend":
                    value = (day.toordinal() - origin - centre) / 100
                elif each.kind == "expiry_load":
                    value = loads[each.half_width_days][day] / usual - 1 if usual else 0.0
                else:
                    starts = [
                        one.first
                        for one in periods
                        if one.incident == incident and one.kind == each.period_kind
                    ]
                    inside = bool(starts) and phase == each.period_kind
                    value = float(inside)
                    if inside and each.kind == "slope":
                        value = (day - starts[0]).days / 100
                column.append(value)
            columns.append(column)
            base.append(column if each.kind not in ("level", "slope") else [0.0] * len(column))
        return np.array(base).T, np.array(columns).T

    def _usual(self, calendar: Calendar) -> Vector:
        """What a day of its kind brings: the mean of the quiet days like it, over all series."""
        total = np.sum(list(self.ports.values()), axis=0)
        kinds = [(day.isoweekday(), len(calendar.waiting(day))) for day in self.days]
        overall = float(np.mean(total[self.quiet])) if self.quiet.any() else 0.0
        usual = []
        for kind in kinds:
            alike = [total[n] for n, other in enumerate(kinds) if other == kind and self.quiet[n]]
            usual.append(max(float(np.mean(alike)) if alike else overall, 0.1 * overall))
        return np.array(usual)

    def _weights(self) -> Vector:
        total = np.sum(list(self.ports.values()), axis=0)
        weight = np.zeros(len(self.days))
        spread = {}
        for phase in sorted(set(self.phases) - {""}):
            here = self.phases == phase
            # At least a tenth of the usual level: a day without any port has no infinite weight.
            level = max(float(total[here].sum() / self.usual[here].sum()), 0.1)
            expected = level * self.usual[here]
            spread[phase] = (
                max(1.0, float(np.mean((total[here] - expected) ** 2 / expected))),
                expected,
            )
        for phase, (dispersion, expected) in spread.items():
            relative = max(1.0, dispersion / spread["quiet"][0])
            weight[self.phases == phase] = 1 / (relative * expected)
        return weight

    def _solve(self) -> None:
        squares = np.sqrt((self.weight[:, None] * self.design**2).sum(axis=0))
        self.kept = [int(n) for n in np.nonzero(squares > 1e-9)[0]]
        scaled = self.design[:, self.kept] / squares[self.kept]
        kept: list[int] = []
        root = np.sqrt(self.weight)[:, None] * scaled
        for n in range(len(self.kept)):
            # A column that the earlier ones explain adds nothing and is left out.
            tried = root[:, kept]
            rest = root[:, n] - (
                tried @ np.linalg.lstsq(tried, root[:, n], rcond=None)[0] if kept else 0
            )
            if rest @ rest > self.min_shares[self.kept[n]]:
                kept.append(n)
        self.kept = [self.kept[n] for n in kept]
        x = self.design[:, self.kept]
        self.inverse = np.linalg.inv(x.T @ (self.weight[:, None] * x))
        on_quiet = (np.abs(x[self.quiet]) > 1e-12).any(axis=0)
        self.degrees = self.n - int(on_quiet.sum())
        marks = self.weight * self.usual
        self.month_names = sorted(set(self.months))
        of_month = [(self.months == name) & self.fitted for name in self.month_names]
        self.loads = np.array([(marks[b, None] * x[b]).sum(axis=0) for b in of_month])
        sizes = np.array([(marks[b] * self.usual[b]).sum() for b in of_month])
        cross = self.loads @ self.inverse @ self.loads.T
        noise_part = float((sizes - np.diag(cross)).sum())
        month_part = float(((np.diag(sizes) - cross) ** 2).sum())
        total_quiet = sum(float(y[self.quiet].sum()) for y in self.ports.values())
        self.of_series = {}
        for name, y in self.ports.items():
            beta = self.inverse @ (x.T @ (self.weight * y))
            residual = y - x @ beta
            ratio = float(y[self.quiet].sum()) / total_quiet if total_quiet else 0.0
            noise = max(
                ratio,
                float((self.weight * residual**2)[self.quiet].sum()) / max(self.degrees, 1),
            )
            by_month = np.array([(marks[b] * residual[b]).sum() for b in of_month])
            beyond = float((by_month**2).sum()) - noise * noise_part
            month = max(0.0, beyond / month_part) if month_part else 0.0
            self.of_series[name] = (
                beta,
                ratio,
                noise,
                max(math.sqrt(month), ratio * self.terms.month_deviation),
            )

    def over(self, name: str, days: Collection[dt.date]) -> Estimate | None:
        """Expected ports of a series on some days together; None where nothing can be said."""
        if self.n < self.terms.min_fit_days or self.degrees < 1:
            return None
        beta, _, noise, month = self.of_series[name]
        chosen = np.array([day in days for day in self.days])
        x = self.base[:, self.kept][chosen].sum(axis=0)
        expected = float(x @ beta)
        if self.ports[name][self.quiet].sum() < self.terms.min_fit_ports:
            return Estimate(expected, None, None)
        by_month = np.array(
            [self.usual[chosen & (self.months == month)].sum() for month in self.month_names]
        )
        drift = float(((by_month - self.loads @ self.inverse @ x) ** 2).sum())
        spread = noise * (float(x @ self.inverse @ x) + float(self.usual[chosen].sum()))
        half = student(self.terms.z, self.degrees) * math.sqrt(spread + month**2 * drift)
        return Estimate(expected, max(0.0, expected - half), expected + half)
