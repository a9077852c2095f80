"""When a batch starts on its own by the clock, and why it does not.

Belongs here: the daily schedule and its reasons, found on the state as it is. Does not belong here:
starting when something arrives (sensors), what is new (standing), which days miss (missing_days).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from orchestration import delivered, missing_days, partitions, standing
from orchestration.errors import BadInput
from orchestration.jobs import BATCH
from orchestration.under_way import batch_under_way

if TYPE_CHECKING:
    from orchestration.settings import Settings

#: A run whose process died is started once more; one that stopped at a gate is not.
RUN_TAGS = {"dagster/max_retries": "1", "dagster/retry_on_asset_or_op_failure": "false"}

#: Tag of a run: days before its own on which a batch was due and none came.
MISSING_TAG = "aftermath/missing_days"


def daily_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """After the night's exports have landed and before people come to work.

    Off until someone turns it on: on a fresh clone nothing should start by itself.
    """

    @dg.schedule(
        name="daily",
        job_name=BATCH,
        cron_schedule="0 6 * * *",
        execution_timezone="Asia/Seoul",
        description=(
            "The whole batch at 06:00 Korean time, as of the newest batch, unless there is nothing "
            "new for readers; each tick says why."
        ),
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
    def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return decide(context.instance, settings)

    return daily


def decide(instance: dg.DagsterInstance, settings: Settings) -> dg.RunRequest | dg.SkipReason:
    """Start a run as of the newest batch, or say why not."""
    try:
        found = delivered.look(settings)
        missing = missing_days.unexplained(
            missing_days.DueDays.read(settings.reference).gaps(found.days)
        )
    except BadInput as error:
        return dg.SkipReason(f"{error.what}: {error.where}. What to do: {error.remedy}.")
    not_yet = waiting_words(found, missing)
    busy = batch_under_way(instance)
    if busy:
        return dg.SkipReason(f"Not now: {busy}.{not_yet}")
    if settings.as_of:
        return dg.SkipReason(
            f"AFTERMATH_AS_OF={settings.as_of} fixes the day, so no newer batch would be taken in. "
            "Start the page and the daemon without it."
        )
    if found.malformed or not found.days:
        return dg.SkipReason(f"There is no batch that could be run.{not_yet}")
    newest = found.days[-1]
    if not standing.what_is_new(settings, found, newest):
        subject = f"the batch of {newest}" if settings.landing else "the bundled sample"
        hint = "" if settings.landing else " No landing area is set (AFTERMATH_LANDING)."
        return dg.SkipReason(
            f"Nothing new since {newest}: {subject} is what readers see, made by the same rules "
            f"and code.{hint}{not_yet}"
        )
    partitions.register(instance, found.days)
    return request(newest, missing)


def request(
    day: object, missing: tuple[missing_days.Gap, ...], run_key: str | None = None
) -> dg.RunRequest:
    """Ask for a run of one batch date; missing days go with it, since they do not hold it up."""
    return dg.RunRequest(
        run_key=run_key,
        partition_key=str(day),
        tags={
            **RUN_TAGS,
            **({MISSING_TAG: missing_days.words(missing)} if missing else {}),
        },
    )


def waiting_words(
    found: delivered.Delivered, missing: tuple[missing_days.Gap, ...] = ()
) -> str:
    """Say what is not there yet and which days miss, as sentences that go on from another one."""
    parts = ["; ".join(map(str, found.waiting)), f"missing days: {missing_days.words(missing)}"]
    return "".join(f" {part[0].upper()}{part[1:]}." for part in parts[: 2 if missing else 1] if part)
