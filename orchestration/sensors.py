"""What the daemon watches: the landing area, runs that end, and what was promised to readers.

Belongs here: the sensors, and the cursor of the one that starts runs. Does not belong here: what is
delivered (delivered), what is worth an alert (alert_causes, watch), how it is sent (alerts).

All are off until someone turns them on. The landing sensor asks for one run for whatever arrived
since it last did: as of the newest batch, since older days that came with it are known by then.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration import alert_causes, clock, outlook, partitions, reader_view, watch
from orchestration.jobs import BATCH
from orchestration.under_way import batch_under_way

if TYPE_CHECKING:
    from orchestration.settings import Settings

_SECONDS_BETWEEN_LOOKS = 60
_SECONDS_BETWEEN_WATCHES = 300


def sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """Define all sensors of the project."""
    return [
        _landing(settings),
        _failures(settings),
        _successes(settings),
        _promises(settings),
    ]


def _landing(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="landing",
        job_name=BATCH,
        minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Starts a batch when a folder of the landing area has its complete _manifest.json: one "
            "run, as of the newest batch, for all that arrived. Each tick says why it does not."
        ),
    )
    def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        return on_landing(context.instance, settings, context.cursor)

    return landing


def on_landing(
    instance: dg.DagsterInstance, settings: Settings, cursor: str | None
) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run as of the newest batch if something arrived since one was asked for.

    The cursor is the state of the delivery for which a run was asked last. It changes with every
    file that is written anew: a run that failed on a bad copy is followed by another one when the
    copy is mended, and by none before.
    """
    now = outlook.read(settings)
    if not settings.landing:
        return now.skip("no landing area is set (AFTERMATH_LANDING): the sample does not grow")
    if now.found is None or now.why_not:
        return now.skip(now.why_not)
    newest, state = now.found.days[-1].isoformat(), now.found.state
    why_not = ""
    if not reader_view.what_is_delivered(settings, now.found, now.found.days[-1]):
        why_not = f"nothing new since {newest}"
    else:
        why_not = batch_under_way(instance) or _asked_before(cursor, state)
    if why_not:
        return now.skip(why_not)
    partitions.register(instance, now.found.days)
    return dg.SensorResult(
        run_requests=[now.run(run_key=f"{newest}:{state[:16]}")],
        cursor=json.dumps({"day": newest, "state": state}),
    )


def _asked_before(cursor: str | None, state: str) -> str:
    asked: dict[str, Any] = json.loads(cursor) if cursor else {}
    if asked.get("state") != state:
        return ""
    return (
        f"a run as of {asked['day']} was started for what is delivered now and did not publish. "
        "Another one is started when the delivery changes; the alert says what to do"
    )


def _failures(settings: Settings) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="failures",
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Raises an alert with the failing rule, table, rows, link and remedy.",
    )
    def failures(context: dg.RunFailureSensorContext) -> None:
        alert_causes.run_ended(context.instance, settings, context.dagster_run)

    return failures


def _successes(settings: Settings) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name="successes",
        run_status=dg.DagsterRunStatus.SUCCESS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Closes the alerts of failed runs when a batch is published.",
    )
    def successes(context: dg.RunStatusSensorContext) -> None:
        alert_causes.run_ended(context.instance, settings, context.dagster_run)

    return successes


def _promises(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="promises",
        minimum_interval_seconds=_SECONDS_BETWEEN_WATCHES,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Raises an alert when published figures are older than promised, a day was due and did "
            "not come, or a delivery is stuck; closes it when that is over. Posts what is waiting."
        ),
    )
    def promises(_: dg.SensorEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(watch.words(watch.look(settings, clock.now())))

    return promises
