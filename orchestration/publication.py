"""The last step of a run: readers get the marts that passed every gate.

Belongs here: what has to be true before publishing, and what is recorded of it. Does not belong
here: how a generation is swapped in (publishing).
Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Sequence

import dagster as dg

from orchestration import (
    batch_lock,
    batch_start,
    candidate,
    generation_history,
    landing_seal,
    partitions,
    publishing,
    standing,
    tables,
    work_area,
)
from orchestration.dbt_manifest import DbtManifest
from orchestration.gate_records import require_open
from orchestration.layer import BUILT_LAYERS, WAREHOUSE_POOL, Layer
from orchestration.restatement_step import RESTATEMENTS_KEY, require_filled
from orchestration.restatement_tables import published_tables
from orchestration.retries import final_failure
from orchestration.settings import Settings
from orchestration.translator import LayerTranslator

PUBLISHED_KEY = dg.AssetKey([Layer.PUBLISHED.value, "current"])


def publication(
    manifest: DbtManifest,
    translator: LayerTranslator,
    must_have_passed: Sequence[dg.AssetCheckKey],
    promise: dg.FreshnessPolicy | None = None,
) -> dg.AssetsDefinition:
    """Make the step that publishes the candidate database as the current generation.

    `promise` is what the page shows of freshness: how long ago something may have been published.
    """
    marts = {
        (node["schema"], node["alias"]): translator.spec(unique_id)
        for unique_id in manifest.assets(Layer.MARTS)
        for node in (manifest.node(unique_id),)
    }

    counted = [
        (node["schema"], node["alias"])
        for unique_id in manifest.assets(Layer.MARTS)
        for node in (manifest.node(unique_id),)
        if not manifest.is_view(unique_id)
    ]
    compared = published_tables(manifest)

    @dg.asset(
        key=PUBLISHED_KEY,
        pool=WAREHOUSE_POOL,
        partitions_def=partitions.BATCH_DATES,
        deps=[*(spec.key for spec in marts.values()), RESTATEMENTS_KEY],
        freshness_policy=promise,
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
        require_filled(settings)
        batch = work_area.read_facts(settings)
        partitions.require_day(settings, batch.as_of_date)
        moves = partitions.readers_may_move(
            settings, context.run.tags, batch.book_id, batch.as_of_date
        )
        if settings.landing:
            landing_seal.require_unbroken(settings)
        counts = tables.row_counts(settings.candidate_db, counted)
        batch_lock.require_held(settings)
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
                candidate.PUBLIC_MARTS_FACT: manifest.public_marts,
                "delivery_sha256": batch.delivery_sha256,
                "reference_sha256": batch.reference_sha256,
                publishing.REPLACES_FACT: publishing.current_id(settings) if moves else "",
                generation_history.MADE_OF_FACT: generation_history.made_of(
                    settings, compared, batch.as_of_date
                ).as_fact(),
            },
            move_readers=moves,
        )
        if not moves:
            context.log.warning(
                f"Readers stay on {settings.current_db.resolve().stem}: it is of a later day than "
                f"{batch.as_of_date}. The generation is kept beside it: {path.stem}"
            )
        elif standing.is_of_one_run(settings, context.run.run_id, map(str, BUILT_LAYERS)):
            batch_start.ended(settings, batch)
        lines = ["| table | rows |", "|---|---|"]
        lines += [f"| {schema}.{name} | {rows:,} |" for (schema, name), rows in counts.items()]
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": dg.MetadataValue.int(sum(counts.values())),
                "generation": dg.MetadataValue.text(path.stem),
                "path": dg.MetadataValue.path(str(path)),
                "readers_see_it": dg.MetadataValue.bool(moves),
                "as_of_date": dg.MetadataValue.text(batch.as_of_date.isoformat()),
                "bytes": dg.MetadataValue.int(path.stat().st_size),
                "marts": dg.MetadataValue.md("\n".join(lines)),
            }
        )

    return current
