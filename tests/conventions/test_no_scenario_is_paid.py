"""No way leads from a what-if scenario to what is booked, and one that is built is found."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from tests.conventions import rules_scenarios
from tests.conventions.rulebook import Project

if TYPE_CHECKING:
    from tests.conventions.rulebook import Node

LEDGER = "model.aftermath.fct_compensation_ledger"


def _ledger(project: Project) -> Node:
    """The ledger of the project; one that reads the decisions as long as there is none."""
    written: Node = {
        "resource_type": "model",
        "unique_id": LEDGER,
        "name": "fct_compensation_ledger",
        "original_file_path": "models/marts/compensation/ledger/fct_compensation_ledger.sql",
        "depends_on": {"nodes": ["model.aftermath.fct_waiver_decisions"]},
    }
    ledger: Node = project.manifest["nodes"].setdefault(LEDGER, written)
    return ledger


def _found(project: Project) -> str:
    return "\n".join(rules_scenarios.no_scenario_reaches_a_mart_but_its_own_report(project))


def test_the_report_is_computed_from_the_register(project: Project) -> None:
    behind = {node["name"] for node, _ in rules_scenarios.readers_of_scenarios(project)}
    assert "int_scenario_terms" in behind


def test_the_ledger_has_no_scenario_behind_it(project: Project) -> None:
    with_ledger = Project(manifest=copy.deepcopy(project.manifest))
    _ledger(with_ledger)
    assert _found(with_ledger) == ""


@pytest.mark.parametrize(
    "step",
    [
        "model.aftermath.rpt_policy_scenarios",
        "model.aftermath.int_scenario_fee_outcomes",
        "seed.aftermath.ref_policy_scenarios",
    ],
)
@pytest.mark.parametrize("by_way_of", [None, "int_claims_judged", "fct_waiver_decisions"])
def test_a_ledger_that_reads_a_scenario_is_found(
    project: Project, step: str, by_way_of: str | None
) -> None:
    spoilt = Project(manifest=copy.deepcopy(project.manifest))
    reader = _ledger(spoilt)
    if by_way_of:
        reader["depends_on"]["nodes"].append(f"model.aftermath.{by_way_of}")
        reader = spoilt.manifest["nodes"][f"model.aftermath.{by_way_of}"]
    reader["depends_on"]["nodes"].append(step)
    assert "fct_compensation_ledger" in _found(spoilt)
