"""The step between the gate of the marts and publishing: compare with the generation before.

Belongs here: its asset and its checks, which block publishing as those of a layer do. Does not
belong here: comparing (restatements).
Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from orchestration import candidate, generation_history, partitions, restatements, tables, work_area
from orchestration.dbt_manifest import DbtManifest
from orchestration.gate_records import is_part_of_batch, require_open
from orchestration.generation_history import Edition
from orchestration.layer import WAREHOUSE_POOL, Layer
from orchestration.restatement_checks import CHECKS
from orchestration.restatement_tables import PublishedTable, published_tables
from orchestration.restatements import COMPARED, REPORT, Outcome
from orchestration.retries import ON_A_LOCK, final_failure
from orchestration.settings import Settings
from orchestration.translator import LayerTranslator

RESTATEMENTS_KEY = dg.AssetKey([Layer.PUBLISHED.value, "restatements"])

_NAMED = 5


def restatement_step(
    manifest: DbtManifest,
    translator: LayerTranslator,
    must_have_passed: Sequence[dg.AssetCheckKey],
) -> dg.AssetsDefinition:
    """Make the step that compares the candidate with the generation before."""
    compared = published_tables(manifest)
    marts = [translator.spec(unique_id).key for unique_id in manifest.assets(Layer.MARTS)]
    listed = keys_listed(manifest)

    @dg.asset(
        key=RESTATEMENTS_KEY,
        pool=WAREHOUSE_POOL,
        partitions_def=partitions.BATCH_DATES,
        deps=marts,
        group_name=Layer.PUBLISHED.value,
        owners=["team:data_platform"],
        kinds={"duckdb"},
        op_tags={"layer": Layer.PUBLISHED.value},
        retry_policy=ON_A_LOCK,
        check_specs=[
            dg.AssetCheckSpec(
                check.name, asset=RESTATEMENTS_KEY, blocking=True, description=check.words
            )
            for check in CHECKS
        ],
        description=(
            "What was published in the generation before and reads otherwise now, by key and "
            f"column, with the cause: {REPORT}. It is part of the new generation."
        ),
    )
    def compare(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        if is_part_of_batch(context.job_def, context.run):
            require_open(context.instance, must_have_passed)
        batch = work_area.read_facts(settings)
        before = generation_history.before(settings, batch.book_id, batch.as_of_date)
        now = this_edition(settings, compared)
        with restatements.opened(settings, before) as connection:
            outcomes = restatements.compare(
                connection,
                settings.raw_carrier,
                compared,
                before=before,
                now=now,
                keys_listed=listed,
                is_built_on=(
                    batch.is_incremental
                    and before is not None
                    and before.path.name == batch.built_on
                ),
            )
            broken = {check.name: check.broken(connection) for check in CHECKS}
        yield dg.MaterializeResult(asset_key=RESTATEMENTS_KEY, metadata=_metadata(before, outcomes))
        for name, rows in broken.items():
            yield dg.AssetCheckResult(
                asset_key=RESTATEMENTS_KEY,
                check_name=name,
                passed=not rows,
                severity=dg.AssetCheckSeverity.ERROR,
                description="; ".join(rows[:_NAMED]) or None,
                metadata={"failed_rows": len(rows)},
            )
        if any(broken.values()):
            name, rows = next((name, rows) for name, rows in broken.items() if rows)
            raise final_failure(
                f"The comparison with the generation before breaks {name}: "
                f"{'; '.join(rows[:_NAMED])} ({len(rows)} in all)"
            )

    return compare


def require_filled(settings: Settings) -> None:
    """Refuse to publish a candidate that was not compared since its marts were built.

    Raises:
        dagster.Failure: the comparison is missing.
    """
    schema, table = COMPARED.split(".")
    filled = (schema, table) in tables.existing(settings.candidate_db) and tables.row_counts(
        settings.candidate_db, [(schema, table)]
    )[schema, table]
    if not filled:
        raise final_failure(
            "The marts were built after the last comparison with the generation before: run the "
            "whole job, or the step `restatements` and then this one"
        )


def keys_listed(manifest: DbtManifest) -> int:
    """Tell how many cells of one column are listed one by one: `meta` of the report."""
    for unique_id in manifest.assets(Layer.MARTS):
        node = manifest.node(unique_id)
        if f"{node['schema']}.{node['alias']}" == REPORT:
            return int(node["config"]["meta"]["keys_listed"])
    raise ValueError(f"the project has no mart {REPORT}")


def this_edition(settings: Settings, compared: Sequence[PublishedTable]) -> Edition:
    """Describe the batch in the work area as the edition that it is about to become."""
    batch = work_area.read_facts(settings)
    return Edition(
        generation_id="",
        path=settings.candidate_db,
        as_of_date=batch.as_of_date,
        code_version=candidate.code_version(),
        engine=duckdb.__version__,
        facts={
            candidate.BOOK_FACT: batch.book_id,
            "delivery_sha256": batch.delivery_sha256,
            "reference_sha256": batch.reference_sha256,
        },
        made_of=generation_history.made_of(settings, compared, batch.as_of_date),
    )


def _metadata(before: Edition | None, outcomes: Sequence[Outcome]) -> dict[str, dg.MetadataValue]:
    restated = [each for each in outcomes if each.restated_cells]
    lines = ["| table | outcome | restated cells | grown rows | |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.table} | {each.outcome} | {each.restated_cells:,} | {each.grown_rows:,} "
        f"| {each.reason} |"
        for each in sorted(outcomes, key=lambda each: (-each.restated_cells, each.table))
    ]
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(each.restated_cells for each in restated)),
        "compared_with": dg.MetadataValue.text(before.generation_id if before else "none before"),
        "tables_restated": dg.MetadataValue.int(len(restated)),
        "tables": dg.MetadataValue.md("\n".join(lines)),
    }
