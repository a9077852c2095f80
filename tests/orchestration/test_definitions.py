"""What Dagster loads: complete, described, owned, and wired in the order of the layers."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import dagster as dg
import pytest

from orchestration import definitions
from orchestration.briefing_step import BRIEFING_KEY
from orchestration.dbt_session import DbtSession
from orchestration.equality_check import EQUALITY
from orchestration.gates import UnknownTable
from orchestration.jobs import BATCH
from orchestration.layer import BUILT_LAYERS, Layer
from orchestration.publication import PUBLISHED_KEY
from orchestration.restatement_step import RESTATEMENTS_KEY
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.translator import INTAKE_KEY
from tests import parsed_project
from tests.batch_on_the_sample import folder_of_the_test_run

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.dbt_manifest import DbtManifest
    from tests.orchestration.conftest import BuildArea

CARRIERS = ("seeds", "landing")

#: What the page says of the rules of a table.
RULES_IN_WORDS = (
    "dbt test integrity (key: service_date, donor_carrier, recipient_carrier; "
    "known: service_date (dim_dates, date), donor_carrier (dim_carriers, carrier_code), "
    "recipient_carrier (dim_carriers, carrier_code))"
)


@pytest.fixture(scope="module", params=CARRIERS)
def carrier(request: pytest.FixtureRequest) -> str:
    return cast("str", request.param)


@pytest.fixture(scope="module")
def loaded(
    carrier: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dg.Definitions, DbtManifest]:
    """Definitions as each raw carrier gives them."""
    landing = str(tmp_path_factory.mktemp("landing")) if carrier == "landing" else ""
    settings = Settings.from_env(
        {
            "AFTERMATH_BUILD_DIR": str(tmp_path_factory.getbasetemp() / "definitions"),
            "AFTERMATH_LANDING": landing,
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AFTERMATH_BUILD_DIR", "")
        patch.setenv("AFTERMATH_REFERENCE", "")
        shared = folder_of_the_test_run(tmp_path_factory)
        parsed_project.take_over(shared, settings.build_dir, carrier)
        manifest = DbtSession(settings).manifest()
    return definitions.build(settings, manifest), manifest


def test_dbt_takes_over_the_parse_of_the_test_run(
    loaded: tuple[dg.Definitions, DbtManifest],
    carrier: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Else all is well, and every build of the tests takes a quarter of a minute longer."""
    parsed = parsed_project.parsed_in(folder_of_the_test_run(tmp_path_factory), carrier)
    text = (parsed / "dbt" / carrier / "manifest.json").read_text("utf-8")
    made = {name: node["created_at"] for name, node in json.loads(text)["nodes"].items()}
    taken = {name: node["created_at"] for name, node in loaded[1].content["nodes"].items()}
    assert made
    assert taken == made


def assets(loaded: tuple[dg.Definitions, DbtManifest]) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {
        spec.key: spec
        for spec in loaded[0].resolve_all_asset_specs()
        if spec.group_name != "default"
    }


def names_in_the_tree(carrier: str) -> set[str]:
    """Every table that the files promise, told from file names alone."""
    folders = ["models", "seeds/reference"] + (["seeds/raw"] if carrier == "seeds" else [])
    suffixes = {".sql", ".csv"}
    return {
        path.stem
        for folder in folders
        for path in (PROJECT_DIR / folder).rglob("*")
        if path.suffix in suffixes
    }


def test_every_file_of_the_project_is_an_asset(
    loaded: tuple[dg.Definitions, DbtManifest], carrier: str
) -> None:
    found = assets(loaded)
    raw_views = {
        key.path[-1]
        for key, spec in found.items()
        if carrier == "landing"
        and "csv" not in spec.kinds
        and key.path[0] == Layer.RAW
        and key != INTAKE_KEY
    }
    own = {key.path[-1] for key in (INTAKE_KEY, RESTATEMENTS_KEY, PUBLISHED_KEY, BRIEFING_KEY)}
    assert {key.path[-1] for key in found} - own - raw_views == names_in_the_tree(carrier)


def test_every_asset_is_described_owned_and_grouped_by_layer(
    loaded: tuple[dg.Definitions, DbtManifest],
) -> None:
    groups = {layer.value for layer in Layer}
    for key, spec in assets(loaded).items():
        assert spec.description, key
        assert spec.owners, key
        assert spec.group_name in groups, key
        assert "duckdb" in spec.kinds, key
        node = loaded[1].content["nodes"].get(spec.metadata.get("dagster_dbt/unique_id", ""))
        if node:
            assert spec.description.startswith(node["description"][:20]), key
            assert node["description"].strip(), f"{key} has no description in dbt"


def test_checks_are_described_and_block(loaded: tuple[dg.Definitions, DbtManifest]) -> None:
    steps = [*(loaded[0].assets or ()), *(loaded[0].asset_checks or ())]
    checks = [
        spec for step in steps if isinstance(step, dg.AssetsDefinition) for spec in step.check_specs
    ]
    assert checks
    for check in checks:
        assert check.description, check.key
        test = (check.metadata or {}).get("dagster_dbt/unique_id")
        severity = loaded[1].node(test)["config"]["severity"].lower() if test else "error"
        assert check.blocking is (severity == "error"), check.key
    rules = next(check for check in checks if check.name == "integrity_rpt_port_flows_daily")
    assert rules.description == RULES_IN_WORDS


def test_raw_entities_feed_staging_whoever_carries_them(
    loaded: tuple[dg.Definitions, DbtManifest],
) -> None:
    found = assets(loaded)
    raw = {
        key
        for key in found
        if key.path[0] == Layer.RAW and key.path[-1].startswith("raw_") and key != INTAKE_KEY
    }
    read = {dep.asset_key for spec in found.values() for dep in spec.deps}
    assert raw
    assert raw <= read
    assert not {key for key in read if key not in found}, "an edge leads to no asset"


def test_each_gate_stands_between_its_layer_and_the_next(
    loaded: tuple[dg.Definitions, DbtManifest],
) -> None:
    structure = loaded[0].resolve_job_def(BATCH).graph.dependency_structure
    steps = {node.name for node in loaded[0].resolve_job_def(BATCH).graph.nodes}
    upstream = {
        step: {output.node_name for output in structure.all_upstream_outputs_from_node(step)}
        for step in steps
    }
    order = ["intake"]
    for layer in BUILT_LAYERS:
        order += [f"dbt_{layer}", f"gate_{layer}"]
    order += ["published__restatements", "published__current", "published__briefing"]
    assert set(upstream) == set(order)
    for earlier, later in itertools.pairwise(order):
        assert earlier in upstream[later], f"{later} does not wait for {earlier}"


def test_one_job_that_starts_daily_in_korea(loaded: tuple[dg.Definitions, DbtManifest]) -> None:
    repository = loaded[0].get_repository_def()
    jobs = {job.name for job in repository.get_all_jobs() if job.name != "__ASSET_JOB"}
    assert jobs == {BATCH, EQUALITY}
    [schedule] = [each for each in repository.schedule_defs if each.job_name != EQUALITY]
    assert schedule.job_name == BATCH
    assert schedule.cron_schedule == "0 6 * * *"
    assert schedule.execution_timezone == "Asia/Seoul"
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED


def test_a_suite_without_its_table_does_not_load(
    loaded: tuple[dg.Definitions, DbtManifest],
) -> None:
    with pytest.raises(UnknownTable, match=r"raw\.raw_nothing"):
        definitions.build(
            Settings.from_env(),
            loaded[1],
            tables_with_suite=lambda layer: (f"{layer}.raw_nothing",),
        )


def test_importing_the_composition_root_does_nothing(tmp_path: Path) -> None:
    build = tmp_path / "build"
    done = subprocess.run(
        [sys.executable, "-c", "import orchestration.definitions"],
        cwd=PROJECT_DIR,
        env={"AFTERMATH_BUILD_DIR": str(build), "PATH": ""},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not build.exists()


def test_dagster_loads_the_project_from_what_make_prepared(area: BuildArea) -> None:
    loaded_by_dagster = definitions.defs()
    assert loaded_by_dagster.resolve_job_def(BATCH)
    assert area.settings.work_db.exists(), "loading changed the work area"
