"""When a batch starts on its own by the clock, and why it does not.

Belongs here: the daily schedule. Does not belong here: starting when something arrives (sensors),
what is new for readers (reader_view), the reasons that both share (outlook).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from orchestration import clock, outlook, partitions, reader_view
from orchestration.jobs import BATCH
from orchestration.under_way import batch_under_way

if TYPE_CHECKING:
    from orchestration.settings import Settings


def daily_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """After the night's exports have landed and before people come to work.

    Off until someone turns it on: on a fresh clone nothing should start by itself.
    """

    @dg.schedule(
        name="daily",
        job_name=BATCH,
        cron_schedule="0 6 * * *",
        execution_timezone=clock.ZONE,
        description=(
            "The whole batch at 06:00 Korean time, as of the newest batch, unless readers have "
            "nothing new to see; each tick says why."
        ),
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
    def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return decide(context.instance, settings)

    return daily


def decide(instance: dg.DagsterInstance, settings: Settings) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run as of the newest batch if it would change what readers see, or say why not.

    The code and the registers count as new, too: a policy that was corrected is worth a run.
    """
    now = outlook.read(settings)
    if now.found is None or now.why_not:
        return now.skip(now.why_not)
    newest = now.found.days[-1]
    if not reader_view.what_is_new(settings, now.found, newest):
        return now.skip(
            f"nothing new since {newest}: readers see this batch, by these rules and this code"
            if settings.landing
            else "no landing area is set (AFTERMATH_LANDING), and the bundled sample is published"
        )
    busy = batch_under_way(instance)
    if busy:
        return now.skip(busy)
    partitions.register(instance, now.found.days)
    return now.run()
