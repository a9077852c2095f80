"""The jobs: one, since a batch is whole or not at all.

Layers and single tables can be materialised from the asset graph; their gates are asked for then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from orchestration.logs import RUN_LOG

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

BATCH = "batch"


def batch_job() -> UnresolvedAssetJobDefinition:
    """Define everything from what was delivered to the published generation as one job."""
    return dg.define_asset_job(
        BATCH,
        selection=dg.AssetSelection.all(),
        description=(
            "Raw exports to published marts: intake, then each layer built by dbt and validated by "
            "Great Expectations, then publishing. Stops at the first gate that is shut."
        ),
        executor_def=dg.in_process_executor,
        # Named, since otherwise Dagster writes every event to the terminal.
        config={"loggers": {RUN_LOG: {}}},
    )
