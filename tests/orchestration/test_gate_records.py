"""A layer run on its own asks the records whether the gates before it are open."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

from orchestration.event_log import PooledSqliteEventLogStorage
from orchestration.gate_records import is_part_of_batch, require_open
from orchestration.instance import open_instance
from orchestration.settings import Settings

TABLE = dg.AssetKey(["staging", "stg_lines"])
GATE = dg.AssetCheckKey(TABLE, "expectations")


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    build = tmp_path_factory.mktemp("records")
    with open_instance(Settings.from_env({"AFTERMATH_BUILD_DIR": str(build)})) as opened:
        assert isinstance(opened.event_log_storage, PooledSqliteEventLogStorage)
        yield opened


def build_table(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization(TABLE))


def validate(
    instance: dg.DagsterInstance,
    *,
    passed: bool,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
) -> None:
    [record] = instance.get_asset_records([TABLE])
    built = record.asset_entry.last_materialization_record
    assert built is not None
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=TABLE,
            check_name=GATE.name,
            passed=passed,
            severity=severity,
            target_materialization_data=AssetCheckEvaluationTargetMaterializationData(
                storage_id=built.storage_id, run_id=built.run_id, timestamp=built.timestamp
            ),
        )
    )


def test_a_gate_that_passed_on_the_table_as_it_stands_is_open(instance: dg.DagsterInstance) -> None:
    build_table(instance)
    validate(instance, passed=True)
    require_open(instance, [GATE])


def test_a_warning_leaves_the_gate_open(instance: dg.DagsterInstance) -> None:
    build_table(instance)
    validate(instance, passed=False, severity=dg.AssetCheckSeverity.WARN)
    require_open(instance, [GATE])


def test_a_gate_that_was_never_asked_is_shut(instance: dg.DagsterInstance) -> None:
    build_table(instance)
    with pytest.raises(dg.Failure, match=r"staging/stg_lines / expectations: never validated"):
        require_open(instance, [GATE])


def test_a_gate_that_failed_is_shut(instance: dg.DagsterInstance) -> None:
    build_table(instance)
    validate(instance, passed=True)
    validate(instance, passed=False)
    with pytest.raises(dg.Failure, match="its last validation failed"):
        require_open(instance, [GATE])


@pytest.mark.fault(
    kind="rerun",
    tried="a layer built again on its own after its gate had passed",
    holds="the layers after it refuse to build until the gate has passed anew",
)
def test_a_gate_is_shut_when_its_table_was_built_again(instance: dg.DagsterInstance) -> None:
    build_table(instance)
    validate(instance, passed=True)
    build_table(instance)
    with pytest.raises(dg.Failure, match="built again after its last validation"):
        require_open(instance, [GATE])


def test_a_run_that_is_only_planned_changes_nothing(instance: dg.DagsterInstance) -> None:
    build_table(instance)
    validate(instance, passed=True)

    @dg.asset(key=TABLE, check_specs=[dg.AssetCheckSpec(GATE.name, asset=TABLE, blocking=True)])
    def table() -> dg.MaterializeResult:
        return dg.MaterializeResult()

    job = dg.Definitions(assets=[table]).resolve_implicit_global_asset_job_def()
    run = instance.create_run_for_job(job)
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([GATE])[GATE]
    assert latest.run_id == run.run_id, "the planned record should be on top"
    require_open(instance, [GATE])


def test_failures_are_final(instance: dg.DagsterInstance) -> None:
    with pytest.raises(dg.Failure) as raised:
        require_open(instance, [GATE])
    assert raised.value.allow_retries is False


@dg.op
def one() -> None:
    """Stand for a step."""


@dg.op(ins={"after": dg.In(dg.Nothing)})
def two() -> None:
    """Stand for the step after it."""


@dg.job
def batch() -> None:
    """Stand for the batch."""
    two(one())


@pytest.mark.parametrize(
    ("steps", "tables", "is_part"),
    [
        (None, None, False),
        (["one", "two"], None, False),
        (["two"], None, True),
        (None, frozenset({TABLE}), True),
        (["one", "two"], frozenset({TABLE}), True),
    ],
)
def test_a_run_of_some_steps_or_tables_is_part_of_a_batch(
    steps: list[str] | None,
    tables: frozenset[dg.AssetKey] | None,
    *,
    is_part: bool,
) -> None:
    run = dg.DagsterRun(job_name="batch", step_keys_to_execute=steps, asset_selection=tables)
    assert is_part_of_batch(batch, run) is is_part


def test_a_run_of_the_command_line_is_a_whole_batch(instance: dg.DagsterInstance) -> None:
    run = batch.execute_in_process(instance=instance).dagster_run
    assert run.step_keys_to_execute
    assert not is_part_of_batch(batch, run)
