"""Port requests and their queue, the slow way: request by request, day by day.

Belongs here: plain Python written from docs/metrics.md and not from the SQL. Does not belong here:
anything that reads a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Version:
    """What one delivery says of a request."""

    status: str
    processed_on: date | None
    delivered_on: date


@dataclass(frozen=True)
class Request:
    """A request with its versions in order of delivery."""

    pair: tuple[str, str]
    requested_on: date
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Rules:
    """How long an answer and a withdrawal may take, and which days are open."""

    closed: frozenset[date]
    answer_within: int
    undo_within: int
    as_of: date

    def answer_due(self, asked_on: date) -> date:
        """Last of the processing days in which an answer may come."""
        day, left = asked_on, self.answer_within
        while left:
            day += timedelta(1)
            left -= day not in self.closed
        return day


@dataclass(frozen=True)
class Outcome:
    """What became of a request."""

    outcome: str
    processed_on: date | None
    reported_on: date
    undone_on: date | None
    left_queue_on: date | None


def outcome(request: Request, rules: Rules) -> Outcome:
    """Read the versions of one request from the first to the newest."""
    newest = request.versions[-1]
    if newest.status in {"completed", "reversed"} and newest.processed_on is not None:
        reported = next(
            version.delivered_on
            for version in request.versions
            if version.status in {"completed", "reversed"}
            and version.processed_on == newest.processed_on
        )
        if newest.status == "completed":
            return Outcome("completed", newest.processed_on, reported, None, newest.processed_on)
        undone = first_said(request.versions, "reversed")
        in_period = (undone - newest.processed_on).days <= rules.undo_within
        kind = "undone_in_period" if in_period else "undone_late"
        return Outcome(kind, newest.processed_on, reported, undone, newest.processed_on)
    reported = first_said(request.versions, newest.status)
    if newest.status in {"withdrawn", "rejected"}:
        return Outcome(newest.status, None, reported, None, reported)
    due = rules.answer_due(request.requested_on)
    if due < rules.as_of:
        return Outcome("timed_out", None, reported, None, due)
    return Outcome("waiting", None, reported, None, None)


def first_said(versions: Sequence[Version], status: str) -> date:
    """Delivery that first gave the request this status."""
    return next(version.delivered_on for version in versions if version.status == status)


def waiting(requests: Sequence[tuple[Request, Outcome]], at_end_of: date) -> int:
    """Requests asked for by the day and still without an end on it."""
    return sum(
        request.requested_on <= at_end_of
        and (found.left_queue_on is None or found.left_queue_on > at_end_of)
        for request, found in requests
    )
