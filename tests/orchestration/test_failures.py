"""The one message of a failed run, told from what Dagster recorded."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Dagster reads annotations

import dagster as dg
import pytest

from orchestration import failures
from orchestration.errors import BadInput
from orchestration.retries import final_failure

TABLE = dg.AssetKey(["staging", "stg_lines"])


def events_of(*steps: dg.AssetsDefinition) -> list[dg.DagsterEvent]:
    assets = [step for step in steps if not isinstance(step, dg.AssetChecksDefinition)]
    checks = [step for step in steps if isinstance(step, dg.AssetChecksDefinition)]
    job = dg.Definitions(assets=assets, asset_checks=checks).resolve_implicit_global_asset_job_def()
    return list(job.execute_in_process(raise_on_error=False).all_events)


def step_named(name: str, error: Exception) -> dg.AssetsDefinition:
    @dg.multi_asset(name=name, specs=[dg.AssetSpec(TABLE)])
    def build() -> None:
        raise error

    return build


def test_bad_input_is_told_as_it_is() -> None:
    error = BadInput("The export is cut short", "lines.parquet", "deliver it again")
    said = failures.why(events_of(step_named("intake", error)))
    assert said.startswith("Stopped at intake.\nThe export is cut short.\n")
    assert "deliver it again" in said
    assert "BadInput" not in said
    assert failures.is_expected(events_of(step_named("intake", error)))


def test_a_final_failure_is_told_as_it_is() -> None:
    said = failures.why(events_of(step_named("dbt_staging", final_failure("stg_lines broke"))))
    assert said == "Stopped while dbt built the staging layer.\nstg_lines broke"


def test_a_programming_error_says_that_it_is_one() -> None:
    events = events_of(step_named("dbt_marts", ZeroDivisionError("by zero")))
    assert "unexpected error" in failures.why(events)
    assert "by zero" in failures.why(events)
    assert not failures.is_expected(events)


@pytest.mark.parametrize("count", [1, 5])
def test_broken_gates_lead_with_their_own_words(count: int) -> None:
    keys = [dg.AssetKey(["staging", f"stg_{number}"]) for number in range(count)]

    @dg.multi_asset(name="dbt_staging", specs=[dg.AssetSpec(key) for key in keys])
    def build() -> Iterator[dg.MaterializeResult[None]]:
        for key in keys:
            yield dg.MaterializeResult(asset_key=key)

    @dg.multi_asset_check(
        name="gate_staging",
        specs=[dg.AssetCheckSpec("expectations", asset=key, blocking=True) for key in keys],
    )
    def gate() -> Iterator[dg.AssetCheckResult]:
        for key in keys:
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name="expectations",
                passed=False,
                description=f"{key.path[-1]}: a rule failed on 7 rows",
            )

    said = failures.why(events_of(build, gate))
    assert said.startswith("Stopped at the gate of the staging layer.\nstg_0: a rule failed")
    assert said.count("a rule failed on 7 rows") == min(count, 3)
    assert ("... and 2 more" in said) is (count == 5)
