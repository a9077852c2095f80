"""Records of runs: bounded, and never at the price of what a gate asks for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)

from orchestration import retention, run_life
from orchestration.gate_records import require_open
from orchestration.instance import open_instance
from orchestration.publication import PUBLISHED_KEY
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = dg.AssetKey(["staging", "stg_lines"])
GATE = dg.AssetCheckKey(TABLE, "expectations")
DAYS = dg.StaticPartitionsDefinition([f"day {number}" for number in range(12)])
KEEP = 3


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    return Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path / "build")})


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with open_instance(settings) as opened:
        yield opened


@dg.asset(key=TABLE, check_specs=[dg.AssetCheckSpec(GATE.name, asset=TABLE, blocking=True)])
def table() -> dg.MaterializeResult:  # type: ignore[type-arg]
    verdict = dg.AssetCheckResult(passed=True, check_name=GATE.name)
    return dg.MaterializeResult(metadata={"text": "x" * 5000}, check_results=[verdict])


@dg.asset(key=PUBLISHED_KEY, partitions_def=DAYS)
def current() -> None: ...


def publish_a_day(instance: dg.DagsterInstance, number: int) -> str:
    result = dg.materialize(
        [current], instance=instance, partition_key=f"day {number}", tags={"day": str(number)}
    )
    return result.run_id


def size(settings: Settings, pattern: str) -> int:
    return sum(path.stat().st_size for path in settings.dagster_home.glob(pattern))


def test_old_runs_are_forgotten_and_gates_are_not(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    built = dg.materialize([table], instance=instance).run_id
    runs = [publish_a_day(instance, number) for number in range(5)]
    for run_id in (built, *runs):
        (settings.dagster_home / "storage" / run_id).mkdir(parents=True, exist_ok=True)
        sign = run_life.sign_of_life(settings.dagster_home, run_id)
        sign.parent.mkdir(exist_ok=True)
        sign.touch()

    forgotten = retention.forget_old_runs(settings, instance, keep=KEEP)

    kept = runs[-KEEP:]
    assert set(forgotten) == {built, *runs[:-KEEP]}
    assert {run.run_id for run in instance.get_runs()} == set(kept)
    shards = {path.stem for path in settings.dagster_home.glob("history/runs/*.db")} - {"index"}
    assert shards == set(kept)
    assert {path.name for path in (settings.dagster_home / "storage").iterdir()} == set(kept)
    assert run_life.signs(settings.dagster_home) == set()
    # The table was built and judged by a run that is forgotten: its gate is open all the same.
    require_open(instance, [GATE])
    # Which days were published is not forgotten either.
    assert instance.get_materialized_partitions(PUBLISHED_KEY) == {
        f"day {number}" for number in range(5)
    }
    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
        tags = connection.execute(sa.text("select distinct run_id from run_tags")).scalars()
        assert set(tags) <= set(kept)


def test_a_table_built_again_by_a_kept_run_shuts_its_gate_as_before(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    dg.materialize([table], instance=instance)
    instance.report_runless_asset_event(dg.AssetMaterialization(TABLE))
    for number in range(KEEP):
        publish_a_day(instance, number)
    assert len(retention.forget_old_runs(settings, instance, keep=KEEP)) == 1
    with pytest.raises(dg.Failure, match="built again after its last validation"):
        require_open(instance, [GATE])


def test_runs_under_way_are_kept_however_old(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    job = dg.Definitions(assets=[table]).resolve_implicit_global_asset_job_def()
    open_run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    run_life.show(settings.dagster_home, open_run.run_id)
    for number in range(KEEP + 1):
        publish_a_day(instance, number)
    assert len(retention.forget_old_runs(settings, instance, keep=KEEP)) == 1
    assert instance.get_run_by_id(open_run.run_id) is not None
    assert run_life.is_alive(settings.dagster_home, open_run.run_id)


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 while the records of an old run are forgotten, in front of every step",
    holds="the next batch forgets the rest, and what gates ask for is there at any time",
)
@pytest.mark.parametrize("step", ["thin out", "drop_run", "delete_run"])
def test_forgetting_may_die_at_every_step(
    settings: Settings,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    built = dg.materialize([table], instance=instance).run_id
    publish_a_day(instance, 0)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "thin out":
            patch.setattr(retention, "_thin_out", die)
        elif step == "drop_run":
            patch.setattr(instance.event_log_storage, "drop_run", die)
        else:
            patch.setattr(instance.run_storage, "delete_run", die)
        with pytest.raises(KeyboardInterrupt):
            retention.forget_old_runs(settings, instance, keep=1)
    require_open(instance, [GATE])
    assert retention.forget_old_runs(settings, instance, keep=1) == (built,)
    require_open(instance, [GATE])
    assert not list(settings.dagster_home.glob(f"**/*{built}*"))


def test_the_records_stop_growing(settings: Settings, instance: dg.DagsterInstance) -> None:
    rows = {}
    for number in range(7):
        dg.materialize([table], instance=instance)
        retention.forget_old_runs(settings, instance, keep=KEEP)
        with instance.event_log_storage.index_connection() as connection:  # type: ignore[attr-defined]
            rows[number] = tuple(
                connection.execute(sa.select(sa.func.count()).select_from(relation)).scalar()
                for relation in (SqlEventLogStorageTable, AssetCheckExecutionsTable)
            )
    assert rows[3] == rows[5] == rows[6]
    assert rows[6] > (0, 0)
    assert len(list(settings.dagster_home.glob("history/runs/*-*.db"))) == KEEP
    assert size(settings, "history/**/*") < 20_000_000
    assert os.environ["DAGSTER_HOME"] == str(settings.dagster_home)
