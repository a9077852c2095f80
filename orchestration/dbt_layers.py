"""The dbt layers as Dagster assets: one step per layer, data tests as its checks.

Belongs here: the factory of these steps. What they contain comes from the manifest, so a new model
needs no change here. Does not belong here: calling dbt (dbt_session), the words (translator).
Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import dagster as dg

from orchestration import (
    broken_rules,
    check_records,
    column_origins,
    fingerprints,
    garbage,
    partitions,
    standing,
    tables,
    unaffected,
    work_area,
)
from orchestration.dbt_manifest import DbtManifest
from orchestration.dbt_session import DbtError, DbtResult, DbtSession
from orchestration.gate_records import is_part_of_batch, require_open
from orchestration.layer import WAREHOUSE_POOL, Layer
from orchestration.lineage import ColumnLineage
from orchestration.restatement_tables import is_filled
from orchestration.retries import ON_A_LOCK, final_failure
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.translator import UNIQUE_ID, LayerTranslator

#: Said of a node that was neither built nor tested again (unaffected).
_STANDS = "by the batch before: nothing that it reads has changed"


def dbt_layer(
    layer: Layer,
    manifest: DbtManifest,
    translator: LayerTranslator,
    must_have_passed: Sequence[dg.AssetCheckKey],
    lineage: ColumnLineage,
) -> dg.AssetsDefinition:
    """Make the step that builds a layer and runs its data tests.

    `must_have_passed` are the checks of the layers before it. In a full run Dagster has stopped
    already if one failed; a selection of assets or steps asks the records.
    """
    specs = [translator.spec(unique_id) for unique_id in manifest.assets(layer)]
    checks = [translator.check_spec(test_id) for test_id in manifest.tests(layer)]

    @dg.multi_asset(
        name=f"dbt_{layer}",
        pool=WAREHOUSE_POOL,
        partitions_def=partitions.BATCH_DATES,
        description=f"dbt builds the {layer} layer and runs its data tests.",
        specs=specs,
        check_specs=checks,
        can_subset=True,
        retry_policy=ON_A_LOCK,
        op_tags={"layer": layer.value},
        # A test on a landing view belongs to an asset of the intake step.
        allow_arbitrary_check_specs=True,
    )
    def build(
        context: dg.AssetExecutionContext,
        dbt: dg.ResourceParam[DbtSession],
        settings: dg.ResourceParam[Settings],
    ) -> Iterator[dg.Output[None] | dg.AssetCheckEvaluation | dg.AssetCheckResult]:
        if is_part_of_batch(context.job_def, context.run):
            require_open(context.instance, must_have_passed)
        # A part of a batch on its own leaves tables of different batches side by side.
        standing.forget(settings)
        batch = work_area.read_facts(settings)
        partitions.require_day(settings, batch.as_of_date)
        # Rows that stand were made by the code that the batch began with. Code that was mended
        # since, for a retry or a step on its own, builds all of them.
        if batch.built_on and batch.code_sha256 != fingerprints.of_code(PROJECT_DIR):
            # Nor may a later step believe that they stand.
            batch = replace(batch, is_incremental=False, built_on="", changed=())
            work_area.write_facts(settings, batch)
        unchanged = unaffected.nodes(manifest, batch.changed) if batch.built_on else frozenset()
        chosen = _chosen(context)
        stands = [node for node in chosen if node in unchanged]
        if not _are_there(stands, manifest, tables.existing(layer.database(settings))):
            # As the marts of a candidate that was published since, where a layer is run on its own.
            stands = []
        tables.empty(
            layer.database(settings),
            [_relation(manifest, node) for node in stands if is_filled(manifest.node(node))],
        )
        wanted = sorted(set(chosen) - set(stands))
        with column_origins.Beside() as beside:
            try:
                run = dbt.build(
                    wanted,
                    batch.as_of_date,
                    is_incremental=batch.is_incremental,
                    when_built=lineage.reader(beside, wanted),
                )
            except DbtError as error:
                raise final_failure(f"dbt could not build the {layer} layer: {error}") from error
            were_read = beside.answers()
        if len(context.selected_asset_keys) == len(specs):
            standing.note_built(settings, context.run.run_id, layer.value)
        counts = tables.row_counts(
            layer.database(settings),
            [
                _relation(manifest, node)
                for node in (
                    *(node for node in stands if node not in manifest.home_by_test),
                    *(result.unique_id for result in run.results if _is_relation(result)),
                )
                if not manifest.is_view(node)
            ],
        )
        with garbage.given_back(is_wanted=bool(settings.landing)):
            origins = lineage.of(
                run.results,
                context.log,
                is_incremental=batch.is_incremental,
                were_read=were_read,
            )
        context.log.info(f"dbt took {run.seconds:.2f} s for {len(run.results)} nodes of {layer}")
        told: dict[str, Mapping[str, Any]] = {
            result.unique_id: {**_facts(result), **origins.get(result.unique_id, {})}
            for result in run.results
            if _is_relation(result)
        }
        broken = [result for result in run.results if result.is_broken]
        if not broken:
            told |= {unique_id: {"built": _STANDS} for unique_id in stands}
        # Dagster wants what a table is made of told before the table.
        for unique_id in manifest.in_order(told.keys() - manifest.home_by_test.keys()):
            rows = counts.get(_relation(manifest, unique_id))
            yield dg.Output(
                None,
                output_name=translator.spec(unique_id).key.to_python_identifier(),
                metadata={
                    **({} if rows is None else {"dagster/row_count": rows}),
                    **told[unique_id],
                },
            )
        checked = [
            _still_passed(translator, unique_id)
            for unique_id in stands
            if unique_id in told and unique_id in manifest.home_by_test
        ]
        rules = {
            result.unique_id: broken_rules.counted(settings, result)
            for result in run.results
            if manifest.is_integrity(result.unique_id)
        }
        checked += [
            _check_result(translator, result, rules.get(result.unique_id, {}))
            for result in run.results
            if result.unique_id in manifest.home_by_test and result.status != "skipped"
        ]
        yield from check_records.told(context.op_execution_context, checked)
        if broken:
            raise final_failure(
                _words(broken, manifest, rules), dbt=_table_of(broken, manifest, rules)
            )

    return build


def _are_there(
    stands: Sequence[str], manifest: DbtManifest, there: Collection[tuple[str, str]]
) -> bool:
    return all(
        _relation(manifest, node) in there for node in stands if node not in manifest.home_by_test
    )


def _still_passed(translator: LayerTranslator, unique_id: str) -> dg.AssetCheckResult:
    """Tell of a test that passed when what it reads was built, and was not run again."""
    spec = translator.check_spec(unique_id)
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=True,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"status": "pass", "tested": _STANDS},
    )


def _chosen(context: dg.AssetExecutionContext) -> list[str]:
    """List the dbt nodes of this step, or of the part of it that was selected."""
    definition = context.assets_def
    chosen = [
        definition.specs_by_key[key].metadata[UNIQUE_ID] for key in context.selected_asset_keys
    ]
    chosen += [
        (definition.get_spec_for_check_key(key).metadata or {})[UNIQUE_ID]
        for key in context.selected_asset_check_keys
    ]
    return sorted(chosen)


def _is_relation(result: DbtResult) -> bool:
    return result.is_built and not result.unique_id.startswith("test.")


def _relation(manifest: DbtManifest, unique_id: str) -> tuple[str, str]:
    node = manifest.node(unique_id)
    return node["schema"], node["alias"]


def _facts(result: DbtResult) -> dict[str, dg.MetadataValue]:
    facts: dict[str, dg.MetadataValue] = {"seconds": dg.MetadataValue.float(result.seconds)}
    if result.compiled_path:
        facts["compiled_sql"] = dg.MetadataValue.path(str(result.compiled_path))
    return facts


def _check_result(
    translator: LayerTranslator, result: DbtResult, rules: Mapping[str, int]
) -> dg.AssetCheckResult:
    spec = translator.check_spec(result.unique_id)
    metadata: dict[str, dg.MetadataValue] = {
        **_facts(result),
        "status": dg.MetadataValue.text(result.status),
    }
    if result.failures is not None:
        metadata["failed_rows"] = dg.MetadataValue.int(result.failures)
    if rules:
        metadata["broken_rules"] = dg.MetadataValue.json(dict(rules))
    is_warning = result.status == "warn"
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
        description=broken_rules.in_words(rules) or result.message or None,
        metadata=metadata,
    )


#: By failed test, rows that break each of its rules; of a test of one rule nothing.
_Rules: TypeAlias = Mapping[str, Mapping[str, int]]


def _words(broken: Sequence[DbtResult], manifest: DbtManifest, rules: _Rules) -> str:
    """Word the first node that broke, and how many broke with it."""
    first = _word(broken[0], manifest, rules)
    more = len(broken) - 1
    return first + (
        f" (and {more} more node{'s' if more > 1 else ''} of the layer)" if more else ""
    )


def _word(result: DbtResult, manifest: DbtManifest, rules: _Rules) -> str:
    home = manifest.node(manifest.home_by_test.get(result.unique_id, result.unique_id))
    table = f"{home['schema']}.{home['name']}"
    if result.unique_id not in manifest.home_by_test:
        return f"{table} could not be built: {' '.join(result.message.split())}"
    test = f"{table}: dbt test {manifest.test_name(result.unique_id)}"
    if result.status != "fail":
        return f"{test} could not run: {' '.join(result.message.split())}"
    rows = f"{result.failures:,} row" + ("" if result.failures == 1 else "s")
    which = broken_rules.in_words(rules.get(result.unique_id, {}))
    return f"{test} found {rows} that break it" + (f": {which}" if which else "")


def _table_of(
    broken: Sequence[DbtResult], manifest: DbtManifest, rules: _Rules
) -> Mapping[str, str]:
    return {
        result.unique_id: f"{_word(result, manifest, rules)}; SQL: {result.compiled_path or 'none'}"
        for result in broken
    }
