"""How old published figures may get.

Belongs here: the promise and whether it is kept. It is the one question of the project that looks
at the clock of the machine: `as_of_date` says what is known, the clock says that more should be.
Does not belong here: which days miss (missing_days), what is told of it (watch).

The promise is about the day as of which everything is known, not about the time of publishing: a
batch that is run every night on the same delivery is old. It counts from the end of that day, and
days on which nothing is due do not count.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import dagster as dg

from orchestration import reader_view

if TYPE_CHECKING:
    from orchestration.missing_days import DueDays
    from orchestration.settings import Settings

#: Hours promised for a carrier's own exports: the next night's batch, and a morning to mend it.
#: Generated exports and the sample grow no older, so they make no promise unless one is set.
DEFAULT_HOURS: Final = 36


@dataclass(frozen=True, slots=True)
class Overdue:
    """A promise that is broken.

    Attributes:
        as_of_date: what readers see.
        due: the first batch date that they should see by now.
        promised_by: when they should have seen it, Korean time without zone.
        hours: what was promised.
    """

    as_of_date: dt.date
    due: dt.date
    promised_by: dt.datetime
    hours: int


def hours_promised(settings: Settings) -> int | None:
    """Give the promise that holds for what is published now; None if there is none."""
    seen = reader_view.current(settings)
    if settings.freshness_hours is not None or seen is None or seen.is_demo:
        return settings.freshness_hours
    return DEFAULT_HOURS


def policy(settings: Settings) -> dg.FreshnessPolicy | None:
    """Give what the page shows: something was published within the hours that are promised.

    It is the weaker half of the promise, since it does not know of which day; None on the sample.
    """
    if settings.landing is None:
        return None
    hours = settings.freshness_hours or DEFAULT_HOURS
    return dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(hours=hours))


def overdue(settings: Settings, due_days: DueDays, now: dt.datetime) -> Overdue | None:
    """Tell whether readers should see a later day by now.

    Args:
        settings: say what is published and what is promised.
        due_days: registers of feeds, closed days and recorded outages.
        now: Korean time without zone.
    """
    hours, seen = hours_promised(settings), reader_view.current(settings)
    if hours is None or seen is None:
        return None
    due = due_days.next_due(seen.as_of_date, now.date())
    promised_by = dt.datetime.combine(due, dt.time()) + dt.timedelta(hours=hours)
    return Overdue(seen.as_of_date, due, promised_by, hours) if now > promised_by else None
