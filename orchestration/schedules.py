"""When a batch starts on its own."""

from __future__ import annotations

import dagster as dg

from orchestration.jobs import BATCH


def daily_schedule() -> dg.ScheduleDefinition:
    """After the night's exports have landed and before people come to work.

    Off until someone turns it on: on a fresh clone nothing should start by itself. A run whose
    process died is started once more; one that stopped at a gate is not.
    """
    return dg.ScheduleDefinition(
        name="daily",
        job_name=BATCH,
        cron_schedule="0 6 * * *",
        execution_timezone="Asia/Seoul",
        description="The whole batch at 06:00 Korean time.",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        tags={"dagster/max_retries": "1", "dagster/retry_on_asset_or_op_failure": "false"},
    )
