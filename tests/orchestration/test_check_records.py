"""A check is about the table as it was built for the day of the run.

Annotations are not postponed here: Dagster reads them when a step is defined.
"""

from collections.abc import Iterator

import dagster as dg
import pytest

from orchestration import check_records, partitions

DAYS = dg.StaticPartitionsDefinition(["one", "two"])
KEY = dg.AssetKey("things")
CHECK = dg.AssetCheckSpec("sound", asset=KEY)


@dg.asset(key=KEY, partitions_def=DAYS)
def things() -> None:
    """Stand for a table."""


@dg.multi_asset_check(specs=[CHECK])
def gate(context: dg.AssetCheckExecutionContext):  # type: ignore[no-untyped-def]
    """Stand for a gate."""
    result = dg.AssetCheckResult(asset_key=KEY, check_name="sound", passed=True)
    yield from check_records.told(context.op_execution_context, [result])


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def asked(instance: dg.DagsterInstance, day: str) -> dg.AssetCheckEvaluation:
    job = dg.Definitions(
        assets=[things],
        asset_checks=[gate],
        jobs=[dg.define_asset_job("ask", dg.AssetSelection.checks(gate))],
    ).resolve_job_def("ask")
    done = job.execute_in_process(instance=instance, tags={partitions.PARTITION_TAG: day})
    [evaluation] = done.get_asset_check_evaluations()
    return evaluation


@pytest.mark.parametrize("day", ["one", "two"])
def test_it_names_what_was_built_for_its_day(instance: dg.DagsterInstance, day: str) -> None:
    runs = {
        each: dg.materialize([things], instance=instance, partition_key=each).run_id
        for each in ("one", "two")
    }
    target = asked(instance, day).target_materialization_data
    assert target
    assert target.run_id == runs[day]


def test_it_names_nothing_where_nothing_was_built_for_its_day(instance: dg.DagsterInstance) -> None:
    dg.materialize([things], instance=instance, partition_key="two")
    assert asked(instance, "one").target_materialization_data is None
