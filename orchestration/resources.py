"""What the steps of a run share, made once per run.

Belongs here: making these things and letting go of them. Steps of one run share one process (the
executor sees to that), so they share one dbt session, one validator and one lock.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from expectations import data_docs
from orchestration import batch_lock, partitions, retention, retry, run_life
from orchestration.dbt_session import DbtSession
from orchestration.errors import BatchRunning
from orchestration.evidence import Evidence
from orchestration.validator import Validate, ValidatorProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from orchestration.settings import Settings

#: How long a run of the web page or the schedule waits for a batch of the command line to end.
PATIENCE_SECONDS = 1800.0

_POLL_SECONDS = 2.0


@contextmanager
def hold_patiently(settings: Settings, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the batch lock as soon as it is free.

    Raises:
        BatchRunning: it did not become free in time.
    """
    deadline = time.monotonic() + patience
    while True:
        lock = batch_lock.hold(settings)
        try:
            lock.__enter__()
        except BatchRunning:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
            continue
        break
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def settings_resource(
    settings: Settings, lock: Callable[[Settings], AbstractContextManager[None]]
) -> dg.ResourceDefinition:
    """Give out the settings, as of the run's partition, under the batch lock and never else."""

    @dg.resource(description="Settings of the run, given out under the batch lock.")
    def locked(context: dg.InitResourceContext) -> Iterator[Settings]:
        # Waiting for the lock is living, too.
        if context.run:
            run_life.show(settings.dagster_home, context.run.run_id)
        with lock(settings):
            if context.run and context.instance:
                retention.forget_old_runs(settings, context.instance)
            yield _for_run(settings, context.run) if context.run else settings

    return locked


def _for_run(settings: Settings, run: dg.DagsterRun) -> Settings:
    """Give the settings as of the partition of a run, if it may go on from where it starts."""
    its_own = partitions.pinned(settings, run.tags)
    if run.parent_run_id and run.root_run_id:
        steps = retry.in_order(run.step_keys_to_execute or ())
        if retry.goes_on(steps):
            retry.require_unchanged(its_own, run.root_run_id, steps)
    return its_own


def dbt_resource(settings: Settings, session: DbtSession | None) -> dg.ResourceDefinition:
    """Give out one dbt session per run."""

    @dg.resource(description="dbt in the process of the run: one start, one parse.")
    def dbt(_: dg.InitResourceContext) -> DbtSession:
        return session or DbtSession(settings)

    return dbt


def evidence_resource(settings: Settings, validator: Validate | None) -> dg.ResourceDefinition:
    """Give out the validator; write Data Docs of what it said when the run ends, well or badly."""

    @dg.resource(description="Great Expectations in its own process; writes Data Docs at the end.")
    def evidence(context: dg.InitResourceContext) -> Iterator[Evidence]:
        own = None if validator else ValidatorProcess(settings.memory_limit)
        if own:
            own.start()
        collected = Evidence(validator or own)  # type: ignore[arg-type]
        try:
            yield collected
        finally:
            if own:
                own.stop()
            if collected.verdicts and context.run:
                data_docs.build(collected.verdicts, settings.data_docs_dir, context.run.run_id)

    return evidence
