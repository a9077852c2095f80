"""What should have happened by now and did not: the causes that no run reports.

Belongs here: overdue figures, days that miss, deliveries that are stuck - as alerts that open and
close. Does not belong here: runs that fail (alert_causes), how an alert travels (alerts).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from orchestration import alerts, clock, delivered, freshness, missing_days
from orchestration.alerts import Alert, Broken
from orchestration.errors import BadInput, NotPublishable
from orchestration.publication import PUBLISHED_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.settings import Settings


#: A manifest that is still being written is no fault; after this it is one.
MALFORMED_GRACE: Final = dt.timedelta(minutes=15)

#: A folder that is still being copied is no fault; after this somebody should look.
INCOMPLETE_GRACE: Final = dt.timedelta(hours=6)


def look(settings: Settings, at: dt.datetime) -> tuple[Alert, ...]:
    """Raise what is wrong now, close what is over, and post what still waits."""
    judged: set[str] = set()
    found = tuple(_all(settings, at, judged))
    for alert in found:
        alerts.raise_alert(settings, alert)
    # What could not be looked at is not over.
    for kind in judged:
        alerts.resolve(settings, kind, {alert.cause for alert in found})
    alerts.flush(settings)
    return found


def words(found: tuple[Alert, ...]) -> str:
    """Say what was found, in one paragraph."""
    if not found:
        return "Every promise is kept: figures are fresh, no day misses, no delivery is stuck."
    return " ".join(alert.title for alert in found)


def _all(settings: Settings, at: dt.datetime, judged: set[str]) -> Iterator[Alert]:
    """Find what is wrong, and note which kinds of trouble could be looked for."""
    try:
        registers = missing_days.DueDays.read(settings.reference)
        late = freshness.overdue(settings, registers, at)
        judged.add("freshness")
        if late:
            yield _overdue(late)
        area = delivered.look(settings)
    except (BadInput, NotPublishable) as error:
        yield Alert(
            cause=f"delivery:{error.what}", title=f"{error.what}.", remedy=f"{error.remedy}."
        )
        return
    judged |= {"missing_days", "delivery"}
    for gap in missing_days.unexplained(registers.gaps(area.days)):
        yield _missing(gap)
    for folder in area.waiting:
        since = clock.at(folder.since)
        if at - since > (MALFORMED_GRACE if folder.is_malformed else INCOMPLETE_GRACE):
            yield _stuck(folder, since)


def _overdue(late: freshness.Overdue) -> Alert:
    return Alert(
        cause=f"freshness:{late.as_of_date}",
        title=f"Readers see {late.as_of_date}, and {late.due} was promised by "
        f"{late.promised_by:%Y-%m-%d %H:%M} KST.",
        remedy="see which batch is missing or which run failed (make ui, or the other alerts); "
        "docs/runbook.md, Alerts.",
        broken=(
            Broken(
                PUBLISHED_KEY.to_user_string(),
                f"figures are at most {late.hours} hours old, counted from the end of their day",
            ),
        ),
        as_of=late.as_of_date.isoformat(),
    )


def _missing(gap: missing_days.Gap) -> Alert:
    days = "day" if gap.days == 1 else f"{gap.days} days"
    return Alert(
        cause=f"missing_days:{gap.first}",
        title=f"No batch came for the {days} {gap}, and no register says why.",
        remedy="fetch the files and deliver them under a later date, then record the outage in "
        "ref_service_events; docs/runbook.md, A day is missing.",
    )


def _stuck(folder: delivered.Waiting, since: dt.datetime) -> Alert:
    return Alert(
        cause=f"delivery:{folder.folder}",
        title=f"Batch folder {folder.folder} {folder.why}; unchanged since "
        f"{since:%Y-%m-%d %H:%M} KST.",
        remedy="ask the exporting job to deliver the folder again, manifest last; "
        "docs/runbook.md, Intake refuses.",
    )
