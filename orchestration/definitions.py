"""The composition root: everything that Dagster loads is put together here and nowhere else.

Belongs here: wiring. `build` takes what tests replace as keyword arguments; `defs` is what the web
server, the daemon and the runs load. Importing this module does nothing; calling `defs` reads the
environment and the dbt manifest. That manifest is written by `orchestration.run` and
`orchestration.ui` when they start; where it is missing, `defs` has dbt parse the project, which
needs neither network nor database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

import expectations
from orchestration import equality_check, freshness, resources
from orchestration.briefing_step import briefing_step
from orchestration.dbt_layers import dbt_layer
from orchestration.dbt_manifest import DbtManifest
from orchestration.dbt_session import DbtSession
from orchestration.gates import gate
from orchestration.intake_assets import intake_step
from orchestration.jobs import batch_job
from orchestration.layer import BUILT_LAYERS
from orchestration.lineage import ColumnLineage
from orchestration.logs import RUN_LOG, run_log
from orchestration.publication import publication
from orchestration.restatement_step import restatement_step
from orchestration.schedules import daily_schedule
from orchestration.sensors import sensors
from orchestration.settings import Settings
from orchestration.translator import LayerTranslator

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from orchestration.validator import Validate


def build(
    settings: Settings,
    manifest: DbtManifest,
    *,
    dbt: DbtSession | None = None,
    validator: Validate | None = None,
    lock: Callable[[Settings], AbstractContextManager[None]] = resources.hold_patiently,
    tables_with_suite: Callable[[str], tuple[str, ...]] = expectations.tables,
    verbose: bool = False,
) -> dg.Definitions:
    """Put the project together for one reading of the settings and of the dbt manifest.

    Args:
        settings: where a run reads, works and publishes.
        manifest: the dbt project as the raw carrier of the settings sees it.
        dbt: a session that has parsed the project already; None: each run makes one.
        validator: judges tables; None: each run starts a process that does.
        lock: holds the build directory for one batch.
        tables_with_suite: names the tables of a layer that have a suite.
        verbose: whether runs write their log to the terminal too.
    """
    translator = LayerTranslator(manifest)
    lineage = ColumnLineage(settings, manifest, translator)
    steps: list[dg.AssetsDefinition] = [intake_step(manifest, translator)]
    checks: list[dg.AssetChecksDefinition] = []
    must_have_passed: list[dg.AssetCheckKey] = []
    for layer in BUILT_LAYERS:
        step = dbt_layer(layer, manifest, translator, tuple(must_have_passed), lineage)
        layer_gate = gate(layer, manifest, translator, tables_with_suite)
        steps.append(step)
        must_have_passed += [spec.key for spec in step.check_specs if spec.blocking]
        if layer_gate:
            checks.append(layer_gate)
            must_have_passed += [spec.key for spec in layer_gate.check_specs]
    comparison = restatement_step(manifest, translator, tuple(must_have_passed))
    steps.append(comparison)
    must_have_passed += [spec.key for spec in comparison.check_specs]
    steps.append(
        publication(manifest, translator, tuple(must_have_passed), freshness.policy(settings))
    )
    steps.append(briefing_step())
    logger = run_log(settings, verbose=verbose)
    return dg.Definitions(
        assets=steps,
        asset_checks=checks,
        jobs=[batch_job(), equality_check.equality_job(logger)],
        schedules=[daily_schedule(settings), equality_check.equality_schedule()],
        sensors=sensors(settings),
        executor=dg.in_process_executor,
        loggers={RUN_LOG: logger},
        resources={
            "settings": resources.settings_resource(settings, lock),
            "dbt": resources.dbt_resource(settings, dbt),
            "evidence": resources.evidence_resource(settings, validator),
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Load the settings from the environment and the manifest from the disk."""
    settings = Settings.from_env()
    session = DbtSession(settings)
    try:
        manifest = DbtManifest.read(session.manifest_path, settings.raw_carrier)
    except FileNotFoundError:
        manifest = session.manifest()
    return build(settings, manifest)
