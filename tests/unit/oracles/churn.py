"""Lines in service and leavers by basis, counted the slow way: line by line, day by day.

Belongs here: plain Python written from docs/metrics.md and not from the SQL. Does not belong here:
anything that reads a database.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Line:
    """A line as staging hands it on."""

    line_kind: str
    network_brand: str
    activated_on: date
    is_ported_in: bool
    terminated_on: date | None
    termination_kind: str | None


@dataclass(frozen=True)
class Day:
    """What a day of one segment must show."""

    opening_lines: int
    gross_adds: int
    deactivations: int
    forced_deactivations: int
    port_outs: int
    port_ins: int
    closing_lines: int


@dataclass(frozen=True)
class Carrier:
    """A brand and the network that carries its lines."""

    code: str
    is_mno: bool
    host: str


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    return (first + timedelta(offset) for offset in range((last - first).days + 1))


def day_of_lines(lines: Iterable[Line], day: date) -> Day:
    """Ask every line what it did on the day."""
    lines = list(lines)
    eve = day - timedelta(1)

    def in_service(line: Line, at_end_of: date) -> bool:
        ended = line.terminated_on is not None and line.terminated_on <= at_end_of
        return line.activated_on <= at_end_of and not ended

    came = [line for line in lines if line.activated_on == day]
    ended = [line for line in lines if line.terminated_on == day]
    return Day(
        opening_lines=sum(in_service(line, eve) for line in lines),
        gross_adds=len(came),
        deactivations=len(ended),
        forced_deactivations=sum(line.termination_kind == "forced" for line in ended),
        port_outs=sum(line.termination_kind == "port_out" for line in ended),
        port_ins=sum(line.is_ported_in for line in came),
        closing_lines=sum(in_service(line, day) for line in lines),
    )


def leavers(
    moves: Iterable[tuple[str, str, int]], market: Iterable[Carrier], operator: str, basis: str
) -> Counter[str]:
    """Leavers by published destination; `moves` are (donor, recipient, ports)."""
    brands = {carrier.code: carrier for carrier in market}
    network = brands[operator].host
    found: Counter[str] = Counter()
    for donor, recipient, ports in moves:
        left_the_network_s_brands = brands[donor].host == network
        to_another_brand = recipient not in {donor, operator}
        to_rival_operator = brands[recipient].is_mno and brands[recipient].host != network
        if not (left_the_network_s_brands and to_another_brand):
            continue
        if basis in {"mno_only", "own_brand_mno_only"} and not to_rival_operator:
            continue
        if basis == "own_brand_mno_only" and donor != operator:
            continue
        found[recipient if brands[recipient].is_mno else "MVNO"] += ports
    return found


def joiners(
    moves: Iterable[tuple[str, str, int]], market: Iterable[Carrier], operator: str, basis: str
) -> Counter[str]:
    """The mirror image: a leaver of the other side, seen from there, is a joiner here."""
    mirrored = [(recipient, donor, ports) for donor, recipient, ports in moves]
    return leavers(mirrored, market, operator, basis)


def share(part: int, whole: int) -> Fraction | None:
    """A share, or None of nothing."""
    return Fraction(part, whole) if whole else None
