"""What a step tells Dagster of its checks, with one look at the records for all of them.

Belongs here: the events that Dagster would make of the results of checks. Does not belong here:
what a check found (dbt_layers).

Dagster looks up, check by check, which materialisation of the table a result is about: on the
bundled sample a tenth of what it does in a run. That is the last one in the partition of the run:
where the table was built for another day since, the question is left to Dagster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def told(
    context: dg.OpExecutionContext, results: Sequence[dg.AssetCheckResult]
) -> Iterator[dg.Output[None] | dg.AssetCheckEvaluation | dg.AssetCheckResult]:
    """Tell of checks of the step; to be called when it has told of its tables.

    Each result names its asset and its check.
    """
    keys = {result.asset_key for result in results if result.asset_key}
    targets = {}
    for record in context.instance.get_asset_records(list(keys)):
        made = record.asset_entry.last_materialization_record
        if made and (not context.has_partition_key or made.partition_key == context.partition_key):
            targets[record.asset_entry.asset_key] = AssetCheckEvaluationTargetMaterializationData(
                storage_id=made.storage_id, run_id=made.run_id, timestamp=made.timestamp
            )
    by_key = {
        spec.key: (name, spec)
        for name, spec in context.assets_def.check_specs_by_output_name.items()
    }
    for result in results:
        if result.asset_key is None or result.check_name is None:
            raise ValueError(f"{result} does not say which check it is of")
        if result.asset_key not in targets:
            yield result
            continue
        name, spec = by_key[dg.AssetCheckKey(result.asset_key, result.check_name)]
        yield dg.Output(None, output_name=name)
        yield dg.AssetCheckEvaluation(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=result.passed,
            metadata=result.metadata,
            target_materialization_data=targets[spec.asset_key],
            severity=result.severity,
            description=result.description,
            blocking=spec.blocking,
            partition=None,
        )
