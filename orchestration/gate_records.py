"""What Dagster's records say about gates: open only if the last validation passed and is current.

Belongs here: the question asked before a layer is built on its own and before anything is
published. `blocking=True` stops a run after a failed check, but only that run: materialising marts
alone would build on rejected staging tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
)

from orchestration.retries import final_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDED = {
    AssetCheckExecutionRecordStatus.SUCCEEDED,
    AssetCheckExecutionRecordStatus.FAILED,
}

_NAMED = 5


def is_part_of_batch(job: dg.JobDefinition, run: dg.DagsterRun) -> bool:
    """Tell whether a run leaves out steps or tables of its job, so that only the records know.

    A run of the command line names its steps, all of them.
    """
    steps = set(run.step_keys_to_execute or ())
    return bool(run.asset_selection) or bool(steps and job.graph.node_dict.keys() - steps)


def require_open(instance: dg.DagsterInstance, checks: Sequence[dg.AssetCheckKey]) -> None:
    """Raise unless every check passed on the tables as they stand now.

    Raises:
        dagster.Failure: a check has no result, failed, or its table was built again since.
    """
    shut = [
        f"{key.asset_key.to_user_string()} / {key.name}: {why}"
        for key, why in _closed(instance, checks)
    ]
    if shut:
        more = f" and {len(shut) - _NAMED} more" if len(shut) > _NAMED else ""
        raise final_failure(
            f"A gate before this step is shut: {'; '.join(shut[:_NAMED])}{more}. "
            "Run the whole job, or the layers from the first shut gate on."
        )


def _closed(
    instance: dg.DagsterInstance, checks: Sequence[dg.AssetCheckKey]
) -> list[tuple[dg.AssetCheckKey, str]]:
    built = {
        record.asset_entry.asset_key: record.asset_entry.last_materialization_storage_id
        for record in instance.get_asset_records(list({key.asset_key for key in checks}))
    }
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(checks))
    found = []
    for key in checks:
        record = latest.get(key)
        if record is not None and record.status not in _ENDED:
            # A run that is merely queued has left a planned record on top.
            record = _last_ended(instance, key)
        why = _why_closed(record, built.get(key.asset_key))
        if why:
            found.append((key, why))
    return found


def _last_ended(
    instance: dg.DagsterInstance, key: dg.AssetCheckKey
) -> AssetCheckExecutionRecord | None:
    history = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=1, status=_ENDED
    )
    return history[0] if history else None


def _why_closed(record: AssetCheckExecutionRecord | None, built: int | None) -> str:
    evaluation = record.evaluation if record is not None else None
    if evaluation is None:
        return "never validated"
    if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR:
        return "its last validation failed"
    target = evaluation.target_materialization_data
    if built is None or target is None or target.storage_id != built:
        return "built again after its last validation"
    return ""
