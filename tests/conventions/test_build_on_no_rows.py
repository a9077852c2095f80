"""The project built on no rows: every model and dbt unit test runs, every column is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conventions.register import rules_that_need
from tests.conventions.rulebook import Project, Rule, require


def told(results: list[dict[str, Any]]) -> str:
    """Names and messages of results."""
    return "\n".join(f"{result['unique_id']}: {result['message']}" for result in results)


def test_every_model_builds_on_no_rows(build_results: list[dict[str, Any]]) -> None:
    nodes = [result for result in build_results if not result["unique_id"].startswith("unit_test.")]
    failed = [result for result in nodes if result["status"] != "success"]
    assert nodes
    assert not failed, told(failed)


def test_every_dbt_unit_test_passes(build_results: list[dict[str, Any]]) -> None:
    units = [result for result in build_results if result["unique_id"].startswith("unit_test.")]
    failed = [result for result in units if result["status"] != "pass"]
    assert units
    assert not failed, told(failed)


@pytest.mark.parametrize("rule", rules_that_need("build"), ids=lambda rule: rule.name)
def test_the_tables_keep_to_the_convention_that(rule: Rule, built_project: Project) -> None:
    require(rule, built_project)
