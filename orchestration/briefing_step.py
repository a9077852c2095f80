"""The step after publishing: the page that tells the new generation to people.

Belongs here: when the page is made, and what is recorded of it. Does not belong here: the file
(briefing_page), what is on it (the package briefing).
Annotations are not postponed here: Dagster reads them when a step is defined.

What was published stays published if the page cannot be made: the run fails, and says so.
"""

import dagster as dg

from orchestration import batch_lock, briefing_page, partitions, publishing
from orchestration.layer import WAREHOUSE_POOL, Layer
from orchestration.publication import PUBLISHED_KEY
from orchestration.settings import Settings

BRIEFING_KEY = dg.AssetKey([Layer.PUBLISHED.value, "briefing"])


def briefing_step() -> dg.AssetsDefinition:
    """Make the step that writes the page of the newest generation."""

    @dg.asset(
        key=BRIEFING_KEY,
        pool=WAREHOUSE_POOL,
        partitions_def=partitions.BATCH_DATES,
        deps=[PUBLISHED_KEY],
        group_name=Layer.PUBLISHED.value,
        owners=["team:data_platform"],
        kinds={"html", "duckdb"},
        op_tags={"layer": Layer.PUBLISHED.value},
        description=(
            "The page that tells the generation to people, build/published/briefing.html: what "
            "happened, who left, what is owed, what it costs. For inside; needs no network."
        ),
    )
    def briefing(settings: dg.ResourceParam[Settings]) -> dg.MaterializeResult[None]:
        batch_lock.require_held(settings)
        newest = publishing.generations(settings)[-1]
        page = briefing_page.write(settings, newest)
        return dg.MaterializeResult(
            metadata={
                "page": dg.MetadataValue.path(str(page)),
                "readers_see_it": dg.MetadataValue.bool(newest.is_current),
                "bytes": dg.MetadataValue.int(page.stat().st_size),
            }
        )

    return briefing
