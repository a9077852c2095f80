"""The gate at the end of each layer: suites of Great Expectations as blocking checks.

Belongs here: what a verdict means for a run. Does not belong here: rules (expectations).

Fails closed: a table without a verdict, a suite that evaluated nothing and a validator that raised
all stop the run, as a broken rule does.

Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Callable, Iterator, Mapping

import dagster as dg

import expectations
from expectations.verdicts import TableVerdict
from orchestration import addresses, check_records
from orchestration.dbt_manifest import DbtManifest
from orchestration.evidence import Evidence
from orchestration.layer import WAREHOUSE_POOL, Layer
from orchestration.retries import ON_A_LOCK, final_failure
from orchestration.settings import Settings
from orchestration.translator import LayerTranslator
from orchestration.validator import ValidatorError

CHECK_NAME = "expectations"


class UnknownTable(Exception):  # noqa: N818 - named for what was found
    """A suite speaks of a table that no dbt node of its layer builds."""


def gate(
    layer: Layer,
    manifest: DbtManifest,
    translator: LayerTranslator,
    tables_with_suite: Callable[[str], tuple[str, ...]] = expectations.tables,
) -> dg.AssetChecksDefinition | None:
    """Make the checks of all suites of a layer, in one step; None for a layer without any.

    Raises:
        UnknownTable: a suite would never run.
    """
    keys = _keys(layer, manifest, translator)
    suites = tables_with_suite(layer.value)
    unknown = [table for table in suites if table not in keys]
    if unknown:
        raise UnknownTable(
            f"expectations/{layer} holds suites for {', '.join(unknown)}, "
            f"but dbt builds no such table in {layer}"
        )
    if not suites:
        return None
    table_by_key = {keys[table]: table for table in suites}
    # One edge is enough to come after the whole step that dbt takes for the layer; where a landing
    # area brings the raw entities, the checked tables alone would not lead there.
    step = translator.spec(manifest.assets(layer)[0]).key

    @dg.multi_asset_check(
        name=f"gate_{layer}",
        pool=WAREHOUSE_POOL,
        description=f"Great Expectations validates the {layer} layer, else nothing is built on it.",
        specs=[
            dg.AssetCheckSpec(
                CHECK_NAME,
                asset=key,
                blocking=True,
                additional_deps=[] if key == step else [step],
                description=f"The suite of {table} (expectations/{layer}).",
            )
            for key, table in table_by_key.items()
        ],
        can_subset=True,
        retry_policy=ON_A_LOCK,
        op_tags={"layer": layer.value},
    )
    def validate(
        context: dg.AssetCheckExecutionContext,
        settings: dg.ResourceParam[Settings],
        evidence: dg.ResourceParam[Evidence],
    ) -> Iterator[dg.Output[None] | dg.AssetCheckEvaluation | dg.AssetCheckResult]:
        chosen = [key.asset_key for key in context.selected_asset_check_keys]
        wanted = sorted(table_by_key[key] for key in chosen)
        try:
            verdicts = evidence.validate(layer.value, layer.database(settings), wanted)
        except ValidatorError as error:
            raise final_failure(
                f"The {layer} layer could not be validated, so it counts as failed: "
                f"{str(error).strip().splitlines()[-1]}",
                validator=str(error),
            ) from error
        results = [
            _result(key, table_by_key[key], verdicts, context.run.run_id) for key in sorted(chosen)
        ]
        yield from check_records.told(context.op_execution_context, results)

    return validate


def _keys(
    layer: Layer, manifest: DbtManifest, translator: LayerTranslator
) -> dict[str, dg.AssetKey]:
    """Map `schema.table` to the asset key, for every table of the layer."""
    keys = {}
    for unique_id, its_layer in manifest.layer_by_asset.items():
        if its_layer is layer:
            node = manifest.node(unique_id)
            keys[f"{node['schema']}.{node['name']}"] = translator.spec(unique_id).key
    return keys


def _result(
    key: dg.AssetKey, table: str, verdicts: Mapping[str, TableVerdict], run_id: str
) -> dg.AssetCheckResult:
    verdict = verdicts.get(table)
    if verdict is None:
        return dg.AssetCheckResult(
            asset_key=key,
            check_name=CHECK_NAME,
            passed=False,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"{table}: the validator returned no verdict",
        )
    passed = verdict.passed and verdict.evaluated > 0
    is_warning = not passed and not verdict.blocking and verdict.evaluated > 0
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=CHECK_NAME,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
        description=verdict.message,
        metadata={
            "rules": dg.MetadataValue.md(verdict.markdown),
            "evidence": dg.MetadataValue.url(addresses.evidence(run_id)),
            "evaluated": dg.MetadataValue.int(verdict.evaluated),
            "failed": dg.MetadataValue.int(verdict.failed),
            "seconds": dg.MetadataValue.float(verdict.seconds),
            "results": dg.MetadataValue.json(dict(verdict.results_json)),
        },
    )
