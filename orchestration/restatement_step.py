"""The step between the gate of the marts and publishing: compare with the generation before.

Belongs here: its asset and its checks, which block publishing as those of a layer do. Does not
belong here: comparing (restatements).
Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from orchestration import (
    candidate,
    generation_history,
    restatement_causes,
    restatements,
    tables,
    work_area,
)
from orchestration.dbt_manifest import DbtManifest
from orchestration.gate_records import require_open
from orchestration.generation_history import Edition
from orchestration.layer import WAREHOUSE_POOL, Layer
from orchestration.restatement_tables import PublishedTable, published_tables
from orchestration.restatements import COMPARED, REPORT, Outcome
from orchestration.retries import ON_A_LOCK, final_failure
from orchestration.settings import Settings
from orchestration.translator import LayerTranslator

RESTATEMENTS_KEY = dg.AssetKey([Layer.PUBLISHED.value, "restatements"])

#: What has to hold of the comparison: a query that finds what breaks it, and the rule in words.
_CHECKS = {
    "every_change_is_explained": (
        "Every cell that reads otherwise has a cause; the same inputs never give another number.",
        "select published_table || ', ' || row_key || ', ' || column_name || ': ' "
        f"|| coalesce(previous, 'none') || ' to ' || coalesce(current, 'none') from candidate.{REPORT} "
        f"where cause = '{restatement_causes.UNEXPLAINED}'",
    ),
    "every_restated_cell_is_listed": (
        "The cells listed are those that the comparison counted, table by table, each once.",
        f"with listed as (select published_table, sum(cell_count) as cells from candidate.{REPORT} "
        "group by published_table) "
        "select coalesce(listed.published_table, compared.published_table) || ': ' "
        "|| coalesce(compared.restated_cells, 0) || ' counted, ' || coalesce(listed.cells, 0) "
        f"|| ' listed' from candidate.{COMPARED} as compared full join listed using (published_table) "
        "where coalesce(listed.cells, 0) <> coalesce(compared.restated_cells, 0) "
        "union all select published_table || ', ' || row_key || ', ' || column_name || ': ' "
        f"|| count(*) || ' times' from candidate.{REPORT} "
        "group by published_table, row_key, column_name having count(*) > 1",
    ),
    "every_table_is_accounted_for": (
        "Each published table was compared, or stands there with the reason why not.",
        "select schema_name || '.' || table_name || ': not accounted for' from ("
        "select schema_name, table_name from duckdb_tables() where database_name = 'candidate' "
        "union all select schema_name, view_name from duckdb_views() "
        "where database_name = 'candidate' and not internal) as there "
        f"where schema_name || '.' || table_name not in ({{filled}}) "
        "and not exists (select 1 from "
        f"candidate.{COMPARED} as compared where compared.published_table "
        "= there.schema_name || '.' || there.table_name "
        "and (compared.reason is not null or compared.outcome in "
        "('unchanged', 'grown', 'restated')))",
    ),
}

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
        deps=marts,
        group_name=Layer.PUBLISHED.value,
        owners=["team:data_platform"],
        kinds={"duckdb"},
        op_tags={"layer": Layer.PUBLISHED.value},
        retry_policy=ON_A_LOCK,
        check_specs=[
            dg.AssetCheckSpec(name, asset=RESTATEMENTS_KEY, blocking=True, description=words)
            for name, (words, _) in _CHECKS.items()
        ],
        description=(
            "What was published in the generation before and reads otherwise now, by key and "
            f"column, with the cause: {REPORT}. It is part of the new generation."
        ),
    )
    def compare(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        if context.run.asset_selection or context.run.step_keys_to_execute:
            require_open(context.instance, must_have_passed)
        batch = work_area.read_facts(settings)
        before = generation_history.before(settings, batch.book_id, batch.as_of_date)
        now = this_edition(settings, compared)
        with restatements.opened(settings, before) as connection:
            outcomes = restatements.compare(connection, settings, compared, before, now, listed)
            broken = {name: _broken(connection, query) for name, (_, query) in _CHECKS.items()}
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


def _broken(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    own = (restatements.REPORT, restatements.COMPARED, restatements.CHECKSUMS)
    filled = ", ".join(f"'{name}'" for name in (*own, candidate.FACTS_TABLE))
    return [row for (row,) in connection.execute(query.replace("{filled}", filled)).fetchall()]


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
