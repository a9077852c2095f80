"""The check that what batches left standing equals a rebuild, night by night for a part of it.

Belongs here: the job, its schedule, and which tables are compared when. Does not belong here: how
tables are compared (equality) or built anew (rebuild), how many times they were (equality_turns).
Annotations are not postponed here: Dagster reads them when an op is defined.
"""

import zlib
from dataclasses import replace

import dagster as dg

from orchestration import (
    batch_start,
    clock,
    equality,
    equality_turns,
    file_modes,
    intake,
    rebuild,
    standing,
    work_area,
)
from orchestration.dbt_session import DbtError
from orchestration.layer import WAREHOUSE_POOL
from orchestration.logs import RUN_LOG
from orchestration.restatements import FILLED_HERE
from orchestration.retries import final_failure
from orchestration.settings import Settings
from orchestration.standing import Standing

EQUALITY = "equality"

#: Comparisons in which every table is compared once; and after as many nights without any, the job
#: fails, so that somebody is told.
NIGHTS = 7


def is_in_turn(table: str, turn: int) -> bool:
    """Tell whether a table is compared in a turn; each is in one of `NIGHTS` that follow."""
    return zlib.crc32(table.encode()) % NIGHTS == turn % NIGHTS


def why_not(before: Standing, now: Standing) -> str:
    """Say why what stands cannot be compared with a rebuild of today; empty if it can."""
    if now.files != before.files or now.as_of_date != before.as_of_date:
        return "other files are known than the last batch took in: compare after the next one"
    if (now.code_sha256, now.reference_sha256, now.book_id) != (
        before.code_sha256,
        before.reference_sha256,
        before.book_id,
    ):
        return "code, registers or key have changed: the next batch builds everything anew"
    if now.generation != before.generation:
        return "another generation than the last batch's is current"
    return ""


def differences(settings: Settings, turn: int) -> list[equality.Difference] | str:
    """Build everything anew in a scratch directory and compare the tables whose turn it is.

    Returns:
        What differs, or in words why nothing was compared.

    Raises:
        DbtError: the rebuild did not come about.
        OperatorError: the delivery cannot be taken in any more.
    """
    before = standing.read(settings)
    if before is None or not settings.landing:
        return "no published batch of a landing area stands in the work area"
    folder = work_area.beside(settings)
    scratch = replace(settings, build_dir=folder, as_of=str(before.as_of_date))
    # It holds what the work area holds, so it is as private; a killed comparison left it behind.
    work_area.clear_beside(settings)
    file_modes.tighten_process()
    file_modes.make_private(scratch.build_dir)
    file_modes.make_private(scratch.work_dir)
    try:
        delivery = intake.inspect(scratch)
        reason = why_not(before, batch_start.of_batch(settings, delivery.intake))
        if reason:
            return reason
        # A batch tests the rows that it built; here all of them are tested, each night.
        rebuild.anew(scratch, delivery, settings.work_db, is_tested=True)
        work = equality.compare(
            settings.work_db,
            scratch.work_db,
            schemas=equality.WORK_SCHEMAS,
            chosen=lambda table: is_in_turn(table, turn),
        )
        marts = equality.compare(
            settings.published_dir / before.generation,
            scratch.candidate_db,
            chosen=lambda table: table not in FILLED_HERE and is_in_turn(table, turn),
        )
    finally:
        work_area.clear_beside(settings)
    return [*work, *marts]


@dg.op(
    pool=WAREHOUSE_POOL,
    description=(
        "Builds the last batch anew beside it, tests all rows of it, and compares a seventh of the "
        "tables by checksum."
    ),
)
def compare_with_a_rebuild(
    context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]
) -> None:
    """Fail, with the names of the tables, if what stands is not what a rebuild gives."""
    turns = equality_turns.read(settings)
    try:
        found = differences(settings, turns.done)
    except DbtError as error:
        if isinstance(error, rebuild.RuleBroken):
            # The next batch is not to build on it, and tests all rows.
            standing.forget(settings)
        raise final_failure(
            f"The batch could not be built anew, or fails a test: {error}"
        ) from error
    if isinstance(found, str):
        # Of the bundled sample nothing is kept by rows: there is no scope that could be too small.
        idle = turns.idle + 1 if settings.landing else 0
        equality_turns.write(settings, replace(turns, idle=idle))
        if idle >= NIGHTS:
            raise final_failure(f"Nothing was compared {idle} times in succession: {found}")
        context.log.warning(f"Nothing was compared: {found}")
    elif found:
        # The next batch is not to build on what is wrong; the same tables are compared again.
        standing.forget(settings)
        told = "\n".join(str(difference) for difference in found)
        raise final_failure(
            f"{len(found)} tables are not what a rebuild gives: run with --full, and report it\n"
            f"{told}"
        )
    else:
        equality_turns.write(settings, equality_turns.Turns(done=turns.done + 1, idle=0))
        context.log.info(f"Every table of turn {turns.done % NIGHTS + 1} of {NIGHTS} is equal")


def equality_job(logger: dg.LoggerDefinition) -> dg.JobDefinition:
    """Define the job; it writes to the log of runs, and not every event to the terminal."""

    @dg.job(
        name=EQUALITY,
        executor_def=dg.in_process_executor,
        logger_defs={RUN_LOG: logger},
        config={"loggers": {RUN_LOG: {}}},
        description="Compares what batches left standing with a rebuild; publishes nothing.",
    )
    def compare() -> None:
        compare_with_a_rebuild()

    return compare


def equality_schedule() -> dg.ScheduleDefinition:
    """After the batch of the morning. Off until someone turns it on, as the batch is."""
    return dg.ScheduleDefinition(
        name=EQUALITY,
        job_name=EQUALITY,
        cron_schedule="0 8 * * *",
        execution_timezone=clock.ZONE,
        description="At 08:00 Korean time, after the batch.",
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
