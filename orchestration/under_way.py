"""Whether a batch is queued or running in a build directory, whoever started it.

Belongs here: reading it from the records without disturbing anything. Does not belong here: taking
the lock (batch_lock), closing the records of killed runs (instance).
"""

from __future__ import annotations

import dagster as dg

from orchestration import clock
from orchestration.partitions import PARTITION_TAG
from orchestration.run_life import is_dead

_WAITING = {
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
}
_RUNNING = {dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING}


def batch_under_way(instance: dg.DagsterInstance) -> str:
    """Say which run is queued or running; empty if none is.

    A run whose process was killed is on record as started until somebody closes the record; it
    does not count once its process is gone.
    """
    statuses = [*_WAITING, *_RUNNING]
    for record in instance.get_run_records(dg.RunsFilter(statuses=statuses)):
        run = record.dagster_run
        if run.status in _RUNNING and is_dead(instance, run.run_id):
            continue
        began = record.start_time or record.create_timestamp.timestamp()
        since = clock.at(began)
        state = "queued" if run.status in _WAITING else "running"
        day = run.tags.get(PARTITION_TAG)
        as_of = f" as of {day}" if day else ""
        return f"a batch{as_of} is {state} (run {run.run_id[:8]}, since {since:%H:%M} KST)"
    return ""
