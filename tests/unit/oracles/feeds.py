"""What a day of a feed may bring, worked out from the rule and not from the SQL.

Belongs here: plain Python written from docs/metrics.md. Does not belong here: anything that reads
a database.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class FeedDay:
    """A watched day of one feed, in order of days."""

    day_kind: str
    is_due: bool
    actual: int
    quiet_reason: str | None
    surge_reason: str | None


def verdicts(
    days: list[FeedDay], band_scores: float, silence_odds: float
) -> list[tuple[bool, bool]]:
    """For each day: is it silent beyond chance, and busier than chance without a reason?"""
    like_days = {kind: _like(days, kind) for kind in {day.day_kind for day in days}}
    found = []
    silence = 0.0
    for day in days:
        like = like_days[day.day_kind]
        if len(like) < 3:
            found.append((False, False))
            if day.is_due and day.actual:
                silence = 0.0
            continue
        mean = statistics.fmean(like)
        spread = 1.0
        if mean and len(like) >= 10:
            spread = max(statistics.variance(like) / 0.62 / mean, 1.0)
        top = math.ceil((math.sqrt(mean) + band_scores * math.sqrt(spread) / 2) ** 2)
        if day.is_due:
            if day.actual:
                silence = 0.0
            elif day.quiet_reason is None:
                silence += mean if spread == 1 else mean * math.log(spread) / (spread - 1)
        is_empty = day.is_due and not day.actual and day.quiet_reason is None
        found.append(
            (
                is_empty and math.exp(-silence) < silence_odds,
                len(like) >= 10 and day.actual > top and day.surge_reason is None,
            )
        )
    return found


def _like(days: list[FeedDay], day_kind: str) -> list[int]:
    """Counts of the days of a kind that nothing excuses, without the outermost tenth."""
    counts = sorted(
        day.actual
        for day in days
        if day.day_kind == day_kind
        and day.surge_reason is None
        and day.quiet_reason in (None, "closed")
    )
    return [
        count
        for place, count in enumerate(counts, start=1)
        if 0.05 * len(counts) < place <= 0.95 * len(counts)
    ]
