"""One batch through Dagster in this process.

Belongs here: putting session, definitions, instance and job together, and reading from the events
what a report tells. Does not belong here: wording (report), the command line (run).
"""

from __future__ import annotations

import sys
import time
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.execution.api import _reexecute_job

from orchestration import (
    alert_causes,
    clock,
    definitions,
    failures,
    intake,
    partitions,
    retry,
    run_steps,
    watch,
    work_area,
)
from orchestration.dbt_session import DbtError, DbtSession
from orchestration.errors import BadInput, OperatorError
from orchestration.instance import COMMAND_LINE, STARTED_BY, close_killed_runs, open_instance
from orchestration.jobs import BATCH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestration.settings import Settings
    from orchestration.validator import Validate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a batch.

    `seconds` are wall times of what is no step: `start` (imports), `parse` (dbt reads the project),
    `definitions`, and `records` (Dagster, beside the steps). `dbt_seconds` were spent inside dbt.
    """

    run_id: str
    is_success: bool
    why: str
    is_expected: bool
    steps: tuple[run_steps.Step, ...]
    seconds: dict[str, float]
    dbt_seconds: float
    batch: intake.Intake | None
    generation: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beyond a whole batch.

    Attributes:
        is_retry: go on from where the last run failed.
        readers_follow: show the generation to readers even if they see a later day now.
    """

    is_retry: bool = False
    readers_follow: bool = True


PLAIN = Asked()


def run(
    settings: Settings,
    validator: Validate,
    *,
    project_dir: Path | None = None,
    verbose: bool = False,
    asked: Asked = PLAIN,
) -> Outcome:
    """Run the job in this process; to be called under the batch lock.

    Raises:
        OperatorError: the registers cannot be used, or the dbt project does not parse.
        KeyboardInterrupt: someone stopped it; the run is on record as failed.
    """
    # Dagster warns of features in beta that it uses itself.
    warnings.filterwarnings("ignore", module="dagster")
    laps = _Clock()
    intake.check_reference(settings)
    session = DbtSession(settings, project_dir) if project_dir else DbtSession(settings)
    try:
        manifest = session.manifest()
    except DbtError as error:
        raise _does_not_parse(error, session) from error
    laps.lap("parse")
    code = definitions.build(
        settings,
        manifest,
        dbt=session,
        validator=validator,
        lock=lambda _: nullcontext(),
        verbose=verbose,
    )
    job = code.resolve_job_def(BATCH)
    laps.lap("definitions")
    with open_instance(settings) as instance:
        close_killed_runs(instance)
        tags = {
            STARTED_BY: COMMAND_LINE,
            # Not on every run: who re-executes one from the page copies its tags.
            **(
                {partitions.READERS_TAG: partitions.FOLLOW}
                if asked.readers_follow and settings.as_of
                else {}
            ),
        }
        partition = partitions.prepare(instance, settings)
        result: dg.ExecuteInProcessResult | dg.JobExecutionResult
        try:
            if asked.is_retry:
                result = _go_on(job, instance, retry.point(instance, settings), tags)
            else:
                result = job.execute_in_process(
                    instance=instance, raise_on_error=False, partition_key=partition, tags=tags
                )
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
        _alert(settings, instance, result.run_id, result.all_events)
        events = result.all_events
        steps = run_steps.steps(events, instance, result.run_id)
    laps.lap("records")
    laps.seconds["records"] -= sum(step.seconds for step in steps)
    return Outcome(
        run_id=result.run_id,
        is_success=result.success,
        why="" if result.success else failures.why(events),
        is_expected=result.success or failures.is_expected(events),
        steps=steps,
        seconds=laps.seconds,
        dbt_seconds=session.seconds,
        batch=_facts(settings),
        generation=_generation(events),
    )


def _alert(
    settings: Settings,
    instance: dg.DagsterInstance,
    run_id: str,
    events: Sequence[dg.DagsterEvent],
) -> None:
    """Tell whoever is not at the terminal; the run stands as it is if that does not work."""
    run = instance.get_run_by_id(run_id)
    try:
        if run:
            alert_causes.tell(settings, run, events)
        watch.look(settings, clock.now())
    except OSError as error:
        print(f"Alerts could not be written: {error.strerror}", file=sys.stderr)


def _go_on(
    job: dg.JobDefinition, instance: dg.DagsterInstance, point: retry.Point, tags: dict[str, str]
) -> dg.JobExecutionResult:
    """Run the steps that the run at this point left undone, as the page does."""
    parent = instance.get_run_by_id(point.run_id)
    if parent is None:
        raise ValueError(f"run {point.run_id} is not on record")
    partition = {
        name: value for name, value in parent.tags.items() if name == partitions.PARTITION_TAG
    }
    return _reexecute_job(
        job_arg=job,
        run_config=parent.run_config,
        reexecution_options=dg.ReexecutionOptions.from_failure(point.run_id, instance),
        tags={**tags, **partition},
        instance=instance,
        raise_on_error=False,
    )


class _Clock:
    """Wall time between laps, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def _does_not_parse(error: DbtError, session: DbtSession) -> OperatorError:
    return BadInput(
        f"dbt cannot read the project: {error}",
        str(session.manifest_path.parent),
        "mend the file that the message names",
    )


def _facts(settings: Settings) -> intake.Intake | None:
    try:
        return work_area.read_facts(settings)
    except BadInput:
        return None


def _generation(events: Sequence[dg.DagsterEvent]) -> str:
    for event in events:
        if event.is_step_materialization:
            metadata = event.step_materialization_data.materialization.metadata
            if "generation" in metadata:
                return str(metadata["generation"].value)
    return ""
