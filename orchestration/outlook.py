"""What a tick finds: is there a batch that could be run, and if not, why, in words for a person.

Belongs here: the reasons that the schedule and the landing sensor share, and the run that both ask
for. Does not belong here: what each of them counts as new (schedules, sensors).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import delivered, missing_days
from orchestration.errors import BadInput

if TYPE_CHECKING:
    from orchestration.missing_days import Gap
    from orchestration.settings import Settings

#: A run whose process died is started once more; one that stopped at a gate is not.
_RETRY_TAGS = {"dagster/max_retries": "1", "dagster/retry_on_asset_or_op_failure": "false"}

#: Tag of a run: days before its own on which a batch was due and none came.
MISSING_TAG = "aftermath/missing_days"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is delivered, which days miss without a reason, and why no batch could be run now.

    `why_not` is empty if a batch could be run.
    """

    found: delivered.Delivered | None
    missing: tuple[Gap, ...]
    why_not: str

    def skip(self, reason: str) -> dg.SkipReason:
        """Say why nothing is started, then what is not there yet and which days miss."""
        waiting = self.found.waiting if self.found else ()
        parts = [reason, "; ".join(map(str, waiting))]
        parts += [f"missing days: {missing_days.words(self.missing)}"] if self.missing else []
        return dg.SkipReason(" ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part))

    def run(self, run_key: str | None = None) -> dg.RunRequest:
        """Ask for a run as of the newest batch; missing days go with it and do not hold it up.

        Raises:
            ValueError: there is no batch; `why_not` says so.
        """
        if self.found is None or not self.found.days:
            raise ValueError("no batch to run")
        missing = {MISSING_TAG: missing_days.words(self.missing)} if self.missing else {}
        return dg.RunRequest(
            run_key=run_key,
            partition_key=self.found.days[-1].isoformat(),
            tags={**_RETRY_TAGS, **missing},
        )


def read(settings: Settings) -> Outlook:
    """Look at the delivery and the registers as they are now."""
    try:
        found = delivered.look(settings)
        gaps = missing_days.DueDays.read(settings.reference).gaps(found.days)
    except BadInput as error:
        return Outlook(None, (), f"{error.what}: {error.where}. What to do: {error.remedy}")
    return Outlook(found, missing_days.unexplained(gaps), _why_not(settings, found))


def _why_not(settings: Settings, found: delivered.Delivered) -> str:
    if settings.as_of:
        return (
            f"AFTERMATH_AS_OF={settings.as_of} fixes the day, so no newer batch would be taken in. "
            "Start the page and the daemon without it"
        )
    if found.malformed:
        return "no run would get past its intake"
    if not found.days:
        return f"no batch is complete in {found.where}"
    return ""
