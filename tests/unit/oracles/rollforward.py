"""A provision from month to month, by hand.

Belongs here: opening, additions, re-estimates, use and reversal in plain Python, written from
docs/metrics.md. Does not belong here: how an ultimate is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass
class Month:
    """One valuation: paid so far, the estimate in all, the cohorts' own estimates."""

    valued_on: date
    ultimate: int
    paid: int
    cohorts: dict[date, tuple[int, int]] = field(default_factory=dict)
    """Cohort -> (ultimate, entitled)."""


@dataclass
class Programme:
    """A programme with its months in order."""

    has_cohorts: bool
    is_paid_measure: bool
    ended_on: date | None
    months: list[Month]


def roll_forward(programme: Programme) -> list[dict[str, int]]:
    """One row per month."""
    rows = []
    closing = 0
    known: set[date] = set()
    estimate = paid = 0
    for number, month in enumerate(programme.months):
        row = {"opening_krw": closing, "used_krw": month.paid - paid}
        if programme.has_cohorts:
            fresh = [values for day, values in month.cohorts.items() if day not in known]
            row["additions_krw"] = sum(
                entitled if programme.is_paid_measure else ultimate for ultimate, entitled in fresh
            )
            known |= month.cohorts.keys()
        else:
            row["additions_krw"] = month.ultimate if number == 0 else 0
        rest = month.ultimate - estimate - row["additions_krw"]
        over = programme.ended_on is not None and programme.ended_on <= month.valued_on
        row["reversed_krw"] = -rest if over and rest < 0 else 0
        row["reestimates_krw"] = 0 if over and rest < 0 else rest
        closing += row["additions_krw"] + row["reestimates_krw"]
        closing -= row["used_krw"] + row["reversed_krw"]
        row["closing_krw"] = closing
        estimate, paid = month.ultimate, month.paid
        rows.append(row)
    return rows
