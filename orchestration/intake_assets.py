"""Taking in a delivery, as the first step of every run.

Belongs here: the assets that intake produces. Does not belong here: what is checked of a delivery
and how it becomes readable (intake).
Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration import (
    batch_start,
    missing_days,
    partitions,
    publishing,
    retry,
    standing,
)
from orchestration.dbt_manifest import DbtManifest
from orchestration.layer import WAREHOUSE_POOL, Layer
from orchestration.settings import Settings
from orchestration.translator import INTAKE_KEY, LayerTranslator

#: Who answers for what the operator's systems export.
_OWNERS = ["team:data_platform"]


def intake_step(manifest: DbtManifest, translator: LayerTranslator) -> dg.AssetsDefinition:
    """Make the step that checks the delivery, makes it readable, and settles what is built anew.

    In landing mode its assets are the raw entities too: they carry the keys of the dbt sources, so
    that staging depends on them. The bundled sample is loaded by dbt in the raw step.
    """
    sources = {source: translator.spec(source) for source in manifest.sources}
    delivery = dg.AssetSpec(
        INTAKE_KEY,
        group_name=Layer.RAW.value,
        owners=_OWNERS,
        kinds={"python", "duckdb"},
        description=(
            "What was delivered, checked against its manifests before anything is built: the "
            "batches known at the as-of day, and that day itself, the one clock of the run."
        ),
    )

    @dg.multi_asset(
        name="intake",
        pool=WAREHOUSE_POOL,
        partitions_def=partitions.BATCH_DATES,
        description="Checks the delivery; empties the work area unless it can be built on.",
        specs=[delivery, *(_raw_entity(spec) for spec in sources.values())],
        op_tags={"layer": Layer.RAW.value},
    )
    def take_in(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> Iterator[dg.MaterializeResult[None]]:
        publishing.recover(settings)
        taken = batch_start.begin(settings, manifest)
        standing.begin(settings, context.run.run_id)
        retry.note(settings, context.run)
        found = taken.intake
        context.log.info(taken.told)
        for note in found.notes:
            context.log.warning(note)
        gaps = missing_days.known_at(settings, found.as_of_date)
        yield dg.MaterializeResult(asset_key=INTAKE_KEY, metadata=_facts(taken, gaps))
        for unique_id, spec in sources.items():
            entity = manifest.node(unique_id)["name"].removeprefix("raw_")
            rows = found.rows.get(entity)
            yield dg.MaterializeResult(
                asset_key=spec.key,
                metadata={} if rows is None else {"dagster/row_count": rows},
            )

    return take_in


def _raw_entity(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Make the spec of an asset that the step always brings."""
    return spec.replace_attributes(skippable=False)


def _facts(
    taken: batch_start.Start, gaps: Sequence[missing_days.Gap]
) -> dict[str, dg.MetadataValue]:
    found = taken.intake
    lines = ["| entity | rows delivered |", "|---|---|"]
    lines += [f"| {entity} | {rows:,} |" for entity, rows in found.rows.items()]
    return {
        "as_of_date": dg.MetadataValue.text(found.as_of_date.isoformat()),
        "batches": dg.MetadataValue.int(found.batches),
        "sample_rate": dg.MetadataValue.text(str(found.sample_rate)),
        "is_incremental": dg.MetadataValue.bool(found.is_incremental),
        "built": dg.MetadataValue.text(taken.told),
        "is_demo": dg.MetadataValue.bool(found.is_demo),
        "ledger_entries_published_before": dg.MetadataValue.int(taken.carried),
        "dagster/row_count": dg.MetadataValue.int(sum(found.rows.values())),
        "entities": dg.MetadataValue.md("\n".join(lines)),
        "missing_days": dg.MetadataValue.text(
            missing_days.words(missing_days.unexplained(gaps)) or "none"
        ),
        "days_without_a_batch": dg.MetadataValue.md(
            "\n".join(f"- {gap}" for gap in gaps) or "none"
        ),
        "notes": dg.MetadataValue.md("\n".join(f"- {note}" for note in found.notes) or "none"),
    }
