"""The cost of an incident in plain Python, written from its definition and not from the SQL.

Belongs here: dollars, rates, what moves with an assumption, the ranking of them. Does not
belong here: anything that reads the warehouse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    Value = Callable[[str, str | None, str], Fraction | None]

CENT = Decimal("0.01")


def dollars(won: int, rate: Decimal) -> Decimal:
    """Won at a rate of won for a dollar, to the cent, a half cent up."""
    return math.floor(Fraction(won * 100) / Fraction(rate) + Fraction(1, 2)) * CENT


@dataclass(frozen=True)
class Rate:
    """A rate of one claim, or of a day where it names none."""

    rate_id: str
    claim: str | None
    rate_on: date
    known_from: date
    won: Decimal


def rate_of(claim: str | None, rates: Iterable[Rate], as_of: date) -> tuple[str | None, str]:
    """Id of the rate that holds for a line, and on which basis."""
    known = [rate for rate in rates if max(rate.known_from, rate.rate_on) <= as_of]
    for basis, wanted in (("claim", claim), ("day", None)):
        if basis == "claim" and claim is None:
            continue
        fitting = [rate for rate in known if rate.claim == wanted]
        if fitting:
            newest = max((rate.rate_on, rate.known_from) for rate in fitting)
            return min(
                rate.rate_id for rate in fitting if (rate.rate_on, rate.known_from) == newest
            ), basis
    return None, "none_known"


@dataclass(frozen=True)
class Assumption:
    """Three values of a parameter, of a programme or of the incident."""

    assumption_id: str
    parameter: str
    programme: str | None
    low: Decimal
    base: Decimal
    high: Decimal

    def at(self, side: str) -> Fraction:
        """The value at its low or high end, or at its base."""
        return Fraction({"low": self.low, "high": self.high}.get(side, self.base))


@dataclass(frozen=True)
class Programme:
    """What a programme cost so far, and what is to come at low, base and high."""

    programme: str
    cost_line: str
    incurred: int
    to_come: tuple[int, int, int]
    estimate: str | None
    moves_with: frozenset[str]


@dataclass(frozen=True)
class Leavers:
    """Lines that left a plan in all phases of the incident, and thousandths expected to."""

    fee: int
    leavers: int
    expected_thousandths: int


@dataclass(frozen=True)
class Incident:
    """All that the cost of one incident is made of."""

    programmes: Sequence[Programme]
    assumptions: Sequence[Assumption]
    leavers: Sequence[Leavers] = field(default=())

    def drivers(self) -> set[str]:
        """Whatever can be moved alone."""
        estimates = {each.estimate for each in self.programmes if each.estimate}
        return estimates | {each.assumption_id for each in self.assumptions}

    def cost(self, moved: str, side: str) -> dict[str, int]:
        """Won by cost line with one driver, `all` or `none` moved to a side."""

        def value(parameter: str, programme: str | None, at: str) -> Fraction | None:
            for each in self.assumptions:
                if (each.parameter, each.programme) == (parameter, programme):
                    is_moved = moved in ("all", each.assumption_id) and at == "set"
                    return each.at(side if is_moved else "base")
            return None

        def moved_on(amount: int, parameter: str, programme: str) -> int:
            base = value(parameter, programme, "base")
            now = value(parameter, programme, "set")
            return math.floor(amount * now / base) if base and now is not None else amount

        found: dict[str, int] = {}
        for each in self.programmes:
            end = side if moved in ("all", each.estimate) else "base"
            to_come = each.to_come[("low", "base", "high").index(end)]
            for parameter in ("take_up_rate", "utilisation_rate", "redemption_cost_krw"):
                if parameter in each.moves_with:
                    to_come = moved_on(to_come, parameter, each.programme)
            won = moved_on(each.incurred + to_come, "unit_cost_krw", each.programme)
            found[each.cost_line] = found.get(each.cost_line, 0) + won
        if self.leavers:
            found["forgone"] = sum(self._forgone(each, value) for each in self.leavers)
        return found

    def _forgone(self, leavers: Leavers, value: Value) -> int:
        month = leavers.fee
        for share in ("billed_fee_share", "unavoidable_cost_share", "excess_attributed_share"):
            month = math.floor(month * (value(share, None, "set") or 0))
        excess = leavers.leavers - Fraction(leavers.expected_thousandths, 1000)
        months = value("forgone_months", None, "set") or 0
        return math.floor(excess * month * months)

    def total(self, moved: str, side: str, counted: frozenset[str]) -> int:
        """Won of the counted lines together."""
        return sum(won for line, won in self.cost(moved, side).items() if line in counted)

    def ranking(self, counted: frozenset[str]) -> list[tuple[str, int, int, int]]:
        """Drivers with the total at their low and high end and the swing, the strongest first."""
        base = self.total("none", "base", counted)
        rows = []
        for driver in self.drivers():
            low, high = (self.total(driver, side, counted) for side in ("low", "high"))
            rows.append((driver, low, high, max(low, base, high) - min(low, base, high)))
        return sorted(rows, key=lambda row: (-row[3], row[0]))
