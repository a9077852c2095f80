"""A whole batch: everything ran, everything is on record, and readers got all of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import dagster as dg

import expectations
from orchestration import column_origins, tables
from orchestration.briefing_step import BRIEFING_KEY
from orchestration.dbt_manifest import DbtManifest
from orchestration.gates import CHECK_NAME
from orchestration.layer import BUILT_LAYERS, Layer
from orchestration.lineage import ColumnLineage
from orchestration.publication import PUBLISHED_KEY
from orchestration.restatement_checks import CHECKS
from orchestration.restatement_step import RESTATEMENTS_KEY
from orchestration.restatement_tables import published_tables
from orchestration.translator import INTAKE_KEY, LayerTranslator

if TYPE_CHECKING:
    from tests.orchestration.conftest import BuildArea

#: Models of what intake alone finds out; the bundled sample has nothing of the kind.
LANDING_ONLY = {"stg_operator__schema_changes"}


def manifest_of(area: BuildArea) -> DbtManifest:
    path = area.settings.dbt_target_dir / "manifest.json"
    return DbtManifest.read(path, area.settings.raw_carrier)


def evaluations(area: BuildArea) -> dict[dg.AssetCheckKey, dg.AssetCheckEvaluation]:
    return {
        event.asset_check_evaluation_data.asset_check_key: event.asset_check_evaluation_data
        for event in area.events(area.last_run().run_id)
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
    }


def test_every_node_of_the_project_was_materialised(area: BuildArea) -> None:
    manifest = manifest_of(area)
    nodes = {
        dg.AssetKey([node["schema"], node["alias"]])
        for node in manifest.content["nodes"].values()
        if node["resource_type"] in {"model", "seed", "snapshot"}
    }
    run = area.last_run()
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert area.materialised(run.run_id) == nodes | {
        INTAKE_KEY,
        RESTATEMENTS_KEY,
        PUBLISHED_KEY,
        BRIEFING_KEY,
    }


def test_every_dbt_data_test_ran_and_is_a_check(area: BuildArea) -> None:
    manifest = manifest_of(area)
    tests = {
        manifest.test_name(unique_id)
        for unique_id, node in manifest.content["nodes"].items()
        if node["resource_type"] == "test"
        and not any(parent.startswith("source.") for parent in node["depends_on"]["nodes"])
    }
    own = {CHECK_NAME, *(check.name for check in CHECKS)}
    ran = {key.name for key in evaluations(area)} - own
    assert ran == tests


def test_every_suite_was_a_blocking_check(area: BuildArea) -> None:
    found = evaluations(area)
    for layer in BUILT_LAYERS:
        suites = expectations.tables(layer.value)
        assert suites, f"no suite guards the {layer} layer"
        for table in suites:
            verdict = found[dg.AssetCheckKey(dg.AssetKey(table.split(".")), CHECK_NAME)]
            assert verdict.blocking
            assert verdict.metadata["evaluated"].value


def test_tables_have_row_counts_and_models_have_column_lineage(area: BuildArea) -> None:
    manifest = manifest_of(area)
    translator = LayerTranslator(manifest)
    recorded = {
        event.asset_key: event.step_materialization_data.materialization.metadata
        for event in area.events(area.last_run().run_id)
        if event.is_step_materialization
    }
    models = {
        translator.spec(node).key: manifest.node(node)
        for layer in BUILT_LAYERS
        for node in manifest.assets(layer)
        if node.startswith("model.")
    }
    for key, node in models.items():
        metadata = recorded[key]
        is_view = node["config"]["materialized"] == "view"
        assert ("dagster/row_count" in metadata) is not is_view, key
        lineage = metadata["dagster/column_lineage"].value
        assert isinstance(lineage, dg.TableColumnLineage)
        assert set(lineage.deps_by_column) == set(node["columns"]), key
        reads_nothing = not node["depends_on"]["nodes"] or node["name"] in LANDING_ONLY
        assert any(lineage.deps_by_column.values()) or reads_nothing, key


def test_publishing_counts_tables_and_works_out_no_view(area: BuildArea) -> None:
    manifest = manifest_of(area)
    (metadata,) = [
        event.step_materialization_data.materialization.metadata
        for event in area.events(area.last_run().run_id)
        if event.is_step_materialization and event.asset_key == PUBLISHED_KEY
    ]
    told = {line.split()[1] for line in metadata["marts"].value.splitlines()[2:]}
    marts = manifest.assets(Layer.MARTS)
    views = {manifest.node(node)["alias"] for node in marts if manifest.is_view(node)}
    assert len(told) == len(marts) - len(views)
    assert not views & {mart.partition(".")[2] for mart in told}


def test_readers_got_every_mart(area: BuildArea) -> None:
    manifest = manifest_of(area)
    marts = {
        (manifest.node(node)["schema"], manifest.node(node)["alias"])
        for node in manifest.assets(Layer.MARTS)
    }
    assert marts
    assert marts <= tables.existing(area.settings.current_db)
    assert not area.settings.candidate_db.exists()


def test_evidence_of_the_run_stands_in_the_data_docs(area: BuildArea) -> None:
    page = area.settings.data_docs_dir / area.last_run().run_id / "index.html"
    text = page.read_text(encoding="utf-8")
    for layer in BUILT_LAYERS:
        for table in expectations.tables(layer.value):
            assert table in text


def test_the_tables_made_of_the_published_ledger_are_known(area: BuildArea) -> None:
    of_books = {table.full_name: table.reads_books for table in published_tables(manifest_of(area))}
    assert of_books["compensation.fct_ledger_entries"]
    assert of_books["compensation.rpt_provision_rollforward"]
    assert not of_books["churn.rpt_churn_monthly"]
    assert not of_books["compensation.fct_waiver_decisions"]


def test_what_a_process_beside_is_asked_is_what_the_batch_needs_to_know(area: BuildArea) -> None:
    manifest = manifest_of(area)
    lineage = ColumnLineage(area.settings, manifest, LayerTranslator(manifest))
    file = area.settings.dbt_target_dir / "column_lineage.json"
    kept = json.loads(file.read_text("utf-8"))
    assert kept
    for unique_id, entry in kept.items():
        sql, parents = lineage._as_described(unique_id)
        asked = column_origins.fingerprint(sql.read_text("utf-8"), parents)
        assert asked == entry["fingerprint"], unique_id
