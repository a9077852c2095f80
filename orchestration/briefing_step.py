"""The step after publishing: the page that tells the new generation to people.

Belongs here: when the page is made, and what is recorded of it. Does not belong here: the file
(briefing_page), what is on it (the package briefing).
Annotations are not postponed here: Dagster reads them when a step is defined.

What was published stays published if the page cannot be made: the run fails, and says so.
"""

from pathlib import Path

import dagster as dg

from orchestration import (
    addresses,
    batch_lock,
    briefing_page,
    partitions,
    publishing,
    run_steps,
)
from orchestration.key_figures import key_figures
from orchestration.layer import WAREHOUSE_POOL, Layer
from orchestration.publication import PUBLISHED_KEY
from orchestration.settings import Settings

#: The figure of the page that its metadata shows.
LINES_LOST = "lines_lost_daily"

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
    def briefing(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        batch_lock.require_held(settings)
        newest = publishing.generations(settings)[-1]
        page = briefing_page.write(settings, newest)
        chart = addresses.picture(newest.generation_id, LINES_LOST)
        ran = run_steps.so_far(context.instance, context.run.run_id)
        return dg.MaterializeResult(
            metadata={
                "briefing": dg.MetadataValue.url(addresses.BRIEFING),
                "evidence": dg.MetadataValue.url(addresses.evidence(context.run.run_id)),
                "docs": dg.MetadataValue.url(addresses.DOCS),
                "what_ran": dg.MetadataValue.md(run_steps.as_markdown(ran)),
                "figures": dg.MetadataValue.md(_figures(newest.path)),
                "lines_lost": dg.MetadataValue.md(f"![Lines lost by day]({chart})"),
                "page": dg.MetadataValue.path(str(page)),
                "readers_see_it": dg.MetadataValue.bool(newest.is_current),
                "bytes": dg.MetadataValue.int(page.stat().st_size),
            }
        )

    return briefing


def _figures(published: Path) -> str:
    rows = [f"| {each.name} | {each.value} |" for each in key_figures(published)]
    return "\n".join(["| figure | value |", "|---|---|", *rows])
