"""The last step of a run: readers get the marts that passed every gate.

Belongs here: what has to be true before publishing, and what is recorded of it. Does not belong
here: how a generation is swapped in (publishing).
Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Sequence

import dagster as dg

from orchestration import batch_start, candidate, publishing, standing, tables, work_area
from orchestration.dbt_manifest import DbtManifest
from orchestration.gate_records import require_open
from orchestration.layer import BUILT_LAYERS, WAREHOUSE_POOL, Layer
from orchestration.retries import final_failure
from orchestration.settings import Settings
from orchestration.translator import LayerTranslator

PUBLISHED_KEY = dg.AssetKey([Layer.PUBLISHED.value, "current"])


def publication(
    manifest: DbtManifest,
    translator: LayerTranslator,
    must_have_passed: Sequence[dg.AssetCheckKey],
) -> dg.AssetsDefinition:
    """Make the step that publishes the candidate database as the current generation."""
    marts = {
        (node["schema"], node["alias"]): translator.spec(unique_id)
        for unique_id in manifest.assets(Layer.MARTS)
        for node in (manifest.node(unique_id),)
    }

    @dg.asset(
        key=PUBLISHED_KEY,
        pool=WAREHOUSE_POOL,
        deps=[spec.key for spec in marts.values()],
        group_name=Layer.PUBLISHED.value,
        owners=["team:data_platform"],
        kinds={"duckdb"},
        op_tags={"layer": Layer.PUBLISHED.value},
        description=(
            "The generation that readers open, build/published/current.duckdb: all marts of one "
            "run, read-only, swapped in as a whole after every gate is open."
        ),
    )
    def current(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        require_open(context.instance, must_have_passed)
        found = tables.existing(settings.candidate_db)
        missing = sorted(".".join(mart) for mart in marts if mart not in found)
        if missing:
            raise final_failure(
                f"The candidate lacks {len(missing)} of {len(marts)} marts, the first is "
                f"{missing[0]}: run the whole job"
            )
        batch = work_area.read_facts(settings)
        counts = tables.row_counts(settings.candidate_db, marts)
        path = publishing.publish(
            settings,
            publishing.new_generation_id(settings),
            {
                "run_id": context.run.run_id,
                "as_of_date": batch.as_of_date,
                "sample_rate": batch.sample_rate,
                "is_demo": batch.is_demo,
                "raw_carrier": settings.raw_carrier,
                "batches": batch.batches,
                candidate.BOOK_FACT: batch.book_id,
                "delivery_sha256": batch.delivery_sha256,
                "reference_sha256": batch.reference_sha256,
            },
        )
        if standing.is_of_one_run(settings, context.run_id, map(str, BUILT_LAYERS)):
            batch_start.ended(settings, batch)
        lines = ["| mart | rows |", "|---|---|"]
        lines += [f"| {schema}.{name} | {rows:,} |" for (schema, name), rows in counts.items()]
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": dg.MetadataValue.int(sum(counts.values())),
                "generation": dg.MetadataValue.text(path.stem),
                "path": dg.MetadataValue.path(str(path)),
                "as_of_date": dg.MetadataValue.text(batch.as_of_date.isoformat()),
                "bytes": dg.MetadataValue.int(path.stat().st_size),
                "marts": dg.MetadataValue.md("\n".join(lines)),
            }
        )

    return current
