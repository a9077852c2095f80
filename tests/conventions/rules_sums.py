"""Conventions of sums that are carried on from batch to batch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.conventions.rulebook import Node, Project, code_of, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


#: Models built whole of which a sum takes only what stands while batches build on each other: when
#: deliveries and each incident began. Another beginning has everything built anew.
FACTS_OF_A_PERIOD: Final = frozenset({"int_delivery_facts", "int_survival_origins"})


def is_kept(node: Node) -> bool:
    """Whether the rows of a model belong to keys: what stood can be told from what came."""
    config = node["config"]
    return config.get("materialized") == "keyed" or "rows_kept_by" in config["meta"]


def is_view(node: Node) -> bool:
    """Whether a model is worked out where it is read: once as it is, once as it was."""
    return bool(node["config"].get("materialized") == "view")


def hangs_on_deliveries(project: Project, node: Node) -> bool:
    """Whether delivered rows stand behind a model, and not registers alone."""
    raw = ("source.aftermath.", "seed.aftermath.raw_")
    return node["name"] not in FACTS_OF_A_PERIOD and (
        any(name.startswith(raw) for name in node["depends_on"]["nodes"])
        or any(hangs_on_deliveries(project, parent) for parent in models_read(project, node))
    )


def models_read(project: Project, node: Node) -> Iterator[Node]:
    """Models that a model reads."""
    for name in node["depends_on"]["nodes"]:
        parent = project.node(name)
        if parent is not None and parent["resource_type"] == "model":
            yield parent


def sums(project: Project) -> Iterator[Node]:
    """Models that carry sums on."""
    return (node for node in project.models() if node["config"].get("materialized") == "counted")


def sums_with_parents(project: Project) -> Iterator[tuple[Node, Node]]:
    """Each model that carries sums on, with each model it reads, by way of views that are kept."""
    for node in sums(project):
        open_ends = list(models_read(project, node))
        while open_ends:
            parent = open_ends.pop()
            yield node, parent
            if is_view(parent) and is_kept(parent):
                open_ends += models_read(project, parent)


def _carry_sums_on(project: Project, asks: str) -> Node:
    """Have the intermediate model count lines, which are kept by key; gives the lines."""
    nodes: dict[str, Node] = project.manifest["nodes"]
    sums, lines = (
        nodes["model.aftermath.int_lines_served"],
        nodes["model.aftermath.stg_operator__lines"],
    )
    sums["config"]["materialized"] = "counted"
    sums["raw_code"] = f"select * from {{{{ ref('stg_operator__lines') }}}} {asks}"
    nodes["model.aftermath.stg_operator__line_vault"]["config"]["materialized"] = "keyed"
    lines["config"]["materialized"] = "view"
    lines["config"]["meta"]["rows_kept_by"] = "line_key"
    lines["raw_code"] = "select * from {{ ref('stg_operator__line_vault') }}"
    return lines


_ASKED = "{{ in_scope('line_key') }}"


def let_a_sum_read_every_line(project: Project) -> None:
    _carry_sums_on(project, "")


@rule(let_a_sum_read_every_line)
def a_sum_asks_for_the_keys_in_scope(project: Project) -> Iterator[str]:
    """Every import of rows that belong to keys, in a `counted` model, asks for those in scope.

    Example: int_lines_changed_daily has `in_scope('line_key')` below its `ref` of spells.
    Reason: what lines gave goes and what they give comes; rows of other lines would come again.
    Remedy: add the filter; or count what has no key in a model of its own.
    """
    for node in sums(project):
        for parent in models_read(project, node):
            imported = rf"ref\('{parent['name']}'\)\s*\}}\}}(?!\s*\{{\{{\s*in_scope\()"
            if is_kept(parent) and re.search(imported, code_of(node["raw_code"])):
                yield f"{node['name']} reads all of {parent['name']}"


def let_a_sum_read_what_is_built_whole(project: Project) -> None:
    del _carry_sums_on(project, _ASKED)["config"]["meta"]["rows_kept_by"]


@rule(let_a_sum_read_what_is_built_whole)
def a_sum_forgets_only_what_was_kept(project: Project) -> Iterator[str]:
    """What a `counted` model reads about lines and customers keeps its rows by key.

    Example: int_scenario_lines_alike reads int_incident_victims, which is built by key.
    Reason: what a table built whole held before is not known, so the sum could not forget it.
    Remedy: build what it reads by key, if its rows of a key hang on that key alone.
    """
    for node, parent in sums_with_parents(project):
        if not is_kept(parent) and hangs_on_deliveries(project, parent):
            yield f"{node['name']} reads {parent['name']}, which is built whole"


def let_a_sum_look_at_the_day(project: Project) -> None:
    _carry_sums_on(project, _ASKED)["raw_code"] += " where activated_on <= {{ as_of_date() }}"


@rule(let_a_sum_look_at_the_day)
def a_sum_does_not_hang_on_the_day(project: Project) -> Iterator[str]:
    """Neither a `counted` model nor a view that it reads by key looks at the as-of date.

    Example: a contract that runs on has no last day in int_contracts_followed.
    Reason: lines that nothing arrived about would give something else, and nobody asks them.
    Remedy: leave open what the day decides; the model that reads the sum puts the day in.
    """
    for node, parent in sums_with_parents(project):
        for read in (node, parent) if is_kept(parent) and is_view(parent) else (node,):
            if "as_of_date" in code_of(read["raw_code"]):
                yield f"{node['name']} asks for the day, by way of {read['name']}"


def let_a_sum_go_untested(project: Project) -> None:
    _carry_sums_on(project, _ASKED)
    nodes: dict[str, Node] = project.manifest["nodes"]
    nodes["model.aftermath.int_lines_served"]["config"]["meta"]["sums"] = ["lines"]


@rule(let_a_sum_go_untested)
def a_sum_is_tested_for_what_was_forgotten(project: Project) -> Iterator[str]:
    """The test `counted` asks every sum of a `counted` model.

    Example: int_partner_spans carries `lines` on, and its test `counted` names that column.
    Reason: a row that went without having come stays below nought until everything is built anew.
    Remedy: name all columns of `sums` in the test.
    """
    tests = [
        node
        for node in project.manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "counted"
    ]
    for node in sums(project):
        asked = {
            column
            for test in tests
            if test["attached_node"] == node["unique_id"]
            for column in test["test_metadata"]["kwargs"]["columns"]
        }
        for column in set(node["config"]["meta"].get("sums", ())) - asked:
            yield f"{node['name']} carries {column} on, which no test asks"
