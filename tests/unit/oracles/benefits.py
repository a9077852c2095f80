"""Benefits in plain Python, written from the rules in words and not from the SQL.

Belongs here: how long a cover runs, what of its premium has accrued, whether a line has its grant
in a month, whether a loss is covered, how old somebody is. Does not belong here: anything that
reads a database.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(1)


def month_after(month: date, months: int) -> date:
    """First day of the month so many months after the month of a day."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_end(month: date) -> date:
    """Last day of the month of a day."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def cover_end(first: date, months: int) -> date:
    """Civil Act of Korea, art. 160: a period of months ends with the day before the corresponding
    day of its last month; where the last month has no such day, with the last day of that month.
    """
    last_month = month_after(first, months)
    if first.day > month_end(last_month).day:
        return month_end(last_month)
    return last_month.replace(day=first.day) - ONE_DAY


def accrued(total_krw: int, first: date, last: date, until: date) -> int:
    """Won of a premium accrued at the end of a day: evenly by day, whole won, rounded down."""
    elapsed = (min(until, last) - first).days + 1
    return total_krw * elapsed // ((last - first).days + 1)


def accrued_by_month(
    total_krw: int, first: date, last: date, as_of: date
) -> dict[date, tuple[int, int]]:
    """Months of the cover begun by a day: won that the month bears, and won so far."""
    months = {}
    month, before = first.replace(day=1), 0
    while month <= min(last, as_of):
        so_far = accrued(total_krw, first, last, min(month_end(month), as_of))
        months[month] = (so_far - before, so_far)
        month, before = month_after(month, 1), so_far
    return months


@dataclass(frozen=True, slots=True)
class Grant:
    """Rules of a monthly benefit."""

    first_month: date
    last_month: date
    reference_on: date | None
    line_kinds: frozenset[str]
    own_brand_only: bool
    excludes_suspended: bool
    victims_only: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is known."""

    line_kind: str
    is_own_brand: bool
    activated_on: date
    terminated_on: date | None
    suspended_on: date | None
    is_victim: bool


def in_service(line: Line, day: date) -> bool:
    """In service at the end of the day."""
    return line.activated_on <= day and not (line.terminated_on and line.terminated_on <= day)


def suspended(line: Line, day: date) -> bool:
    """Suspended at the end of the day; nothing tells that a suspension was lifted."""
    return line.suspended_on is not None and line.suspended_on <= day


def has_grant(grant: Grant, line: Line, month: date) -> bool:
    """Whether the line has the benefit of a month: it is served on the month's first day."""
    if not grant.first_month <= month <= grant.last_month:
        return False
    if line.line_kind not in grant.line_kinds:
        return False
    if grant.own_brand_only and not line.is_own_brand:
        return False
    if grant.victims_only and not line.is_victim:
        return False
    days = [month] if grant.reference_on is None else [grant.reference_on, month]
    return all(
        in_service(line, day) and not (grant.excludes_suspended and suspended(line, day))
        for day in days
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """A claim on an insurance and the cover it is made under."""

    cover_from: date | None
    months: int
    loss_on: date | None
    claimed_on: date
    loss_krw: int
    paid_krw: int | None
    percent: int
    limit_krw: int | None


def decision(loss: Loss) -> tuple[str, int, str]:
    """Reason, won covered, and what to say of the payment."""
    reason = _reason(loss)
    covered = loss.loss_krw * loss.percent // 100 if reason == "covered" else 0
    if loss.limit_krw is not None:
        covered = min(covered, loss.limit_krw)
    paid = loss.paid_krw or 0
    if paid > 0 and reason != "covered":
        finding = "paid_without_cover"
    elif paid > covered:
        finding = "overpaid"
    elif paid == covered:
        finding = "agrees"
    else:
        finding = "not_yet_paid" if loss.paid_krw is None else "underpaid"
    return reason, covered, finding


def _reason(loss: Loss) -> str:
    if loss.loss_on is None:
        return "no_day_of_loss"
    if loss.cover_from is None:
        return "no_cover"
    if loss.loss_on < loss.cover_from:
        return "loss_before_cover"
    if loss.loss_on > cover_end(loss.cover_from, loss.months):
        return "loss_after_cover"
    return "claimed_before_loss" if loss.claimed_on < loss.loss_on else "covered"


def age_state(birth_date: date | None, on_day: date, min_age: int) -> str:
    """Of age from the birthday on; who was born on 29 February has it on 1 March of other years."""
    if birth_date is None:
        return "unknown"
    birthdays = 0
    for year in range(birth_date.year + 1, on_day.year + 1):
        leap = calendar.isleap(year) or (birth_date.month, birth_date.day) != (2, 29)
        birthday = birth_date.replace(year=year) if leap else date(year, 3, 1)
        birthdays += birthday <= on_day
    return "of_age" if birthdays >= min_age else "under_age"
