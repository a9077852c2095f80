"""Conventions of what-if scenarios: they are priced, and never paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conventions.rulebook import Node, Project, layer_of, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

REGISTER = "ref_policy_scenarios"
REPORT = "rpt_policy_scenarios"


def readers_of_scenarios(project: Project) -> Iterator[tuple[Node, str]]:
    """Every model that has the register or the report behind it, with the step before."""
    tainted = {
        node["unique_id"]: node["name"]
        for node in project.nodes("seed", "model")
        if node["name"] in {REGISTER, REPORT}
    }
    reading = list(project.nodes("model", "snapshot"))
    while True:
        found = [
            (node, tainted[parent])
            for node in reading
            if node["unique_id"] not in tainted
            for parent in node["depends_on"].get("nodes", [])
            if parent in tainted
        ]
        if not found:
            return
        for node, parent in found:
            if node["unique_id"] not in tainted:
                tainted[node["unique_id"]] = node["name"]
                yield node, parent


def book_a_scenario(project: Project) -> None:
    scenarios = {
        "resource_type": "seed",
        "unique_id": f"seed.aftermath.{REGISTER}",
        "name": REGISTER,
        "original_file_path": f"seeds/reference/{REGISTER}.csv",
        "schema": "reference",
        "description": "Policies that are priced and not applied, one row each",
        "columns": {"scenario_id": {"name": "scenario_id", "description": "Id, unique"}},
        "config": {"column_types": {"scenario_id": "string"}},
        "depends_on": {"nodes": []},
    }
    project.manifest["nodes"][scenarios["unique_id"]] = scenarios
    # By way of an intermediate model, as it would happen.
    served = project.manifest["nodes"]["model.aftermath.int_lines_served"]
    served["depends_on"]["nodes"].append(scenarios["unique_id"])


@rule(book_a_scenario)
def no_scenario_reaches_a_mart_but_its_own_report(project: Project) -> Iterator[str]:
    """From the register of scenarios one mart is computed, and from that mart nothing.

    Example: rpt_policy_scenarios reads int_scenario_terms; fct_compensation_ledger reads neither
        them nor anything that reads them, by however many steps.
    Reason: what a policy would cost is not what anybody is owed; a scenario in the ledger is a debt
        that does not exist.
    Remedy: read the policy versions known (int_policy_versions_known) in place of the scenarios.
    """
    for node, parent in readers_of_scenarios(project):
        if layer_of(node) == "marts" or parent == REPORT:
            yield f"{node['original_file_path']}: has {REGISTER} behind it, by way of {parent}"
