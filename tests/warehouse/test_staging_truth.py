"""Staging finds every broken and every repeated row that the scenario planted, and no other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_session import DbtSession
from orchestration.intake import take_in
from orchestration.raw_contract import ENTITIES
from orchestration.settings import PROJECT_DIR, Settings
from tests import parsed_project
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import truth

SCALE = "0.001"

Found = Counter[tuple[str, object, str | None, str]]


def build(settings: Settings) -> None:
    """Take a landing area in and build registers and staging on it."""
    intake = take_in(settings)
    session = DbtSession(settings)
    nodes = [
        asset
        for asset in session.manifest().layer_by_asset
        if asset.split(".")[-1].startswith(("ref_", "stg_"))
    ]
    run = session.build(nodes, intake.as_of_date)
    assert not [result for result in run.results if not result.is_built]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> truth.Generated:
    return truth.at_scale(folder_of_the_test_run(tmp_path_factory) / "scenario", SCALE)


@pytest.fixture(scope="module")
def set_aside(generated: truth.Generated, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Quarantined and repeated rows as staging has them, built in a process of its own."""
    folder = tmp_path_factory.mktemp("staging_truth")
    parsed_project.take_over(folder_of_the_test_run(tmp_path_factory), folder, "landing")
    variables = {
        "AFTERMATH_BUILD_DIR": str(folder),
        "AFTERMATH_LANDING": str(generated.landing),
    }
    clean = {name: value for name, value in os.environ.items() if "AFTERMATH" not in name}
    run = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.test_staging_truth"],
        cwd=PROJECT_DIR,
        env=clean | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    settings = Settings.from_env(variables)
    found: Found = Counter()
    with duckdb.connect(str(settings.work_db), read_only=True) as connection:
        for entity in ENTITIES:
            rows = connection.execute(
                "select delivered_on, natural_id, coalesce(reason_code, status) "
                f"from restricted.stg_operator__{entity}_exceptions "
                "where status in ('quarantined', 'duplicate')"
            ).fetchall()
            found.update((entity, *row) for row in rows)
    return found


def test_what_was_planted_is_found_for_the_reason_it_was_planted_for(
    generated: truth.Generated, set_aside: Found
) -> None:
    planted: Found = Counter(
        (row["entity"], row["batch_date"], row["natural_id"], row["reason_code"])
        for row in generated.truth("bad_rows")
    )
    assert planted
    assert set_aside - planted == Counter(), "set aside, and not planted"
    assert planted - set_aside == Counter(), "planted, and not set aside"


if __name__ == "__main__":
    Path(Settings.from_env().work_dir).mkdir(parents=True, exist_ok=True)
    build(Settings.from_env())
