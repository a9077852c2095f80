"""Conventions of the flow: which layer may read which, and what stays behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conventions.rulebook import Node, Project, code_of, layer_of, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Layer of a model -> what it may read.
MAY_READ = {
    "staging": {"raw", "reference", "staging"},
    "intermediate": {"reference", "staging", "intermediate"},
    "marts": {"reference", "staging", "intermediate", "marts"},
}

#: Columns that identify a person, a line or a device by themselves.
DIRECT_IDENTIFIERS = {
    "msisdn",
    "imsi",
    "imei",
    "iccid",
    "birth_date",
    "customer_id",
    "line_id",
}


def room_of(node: Node) -> str:
    """Layer of a model; `raw` or `reference` for seeds and sources."""
    if node["resource_type"] == "model":
        return layer_of(node)
    return "reference" if node["schema"] == "reference" else "raw"


def parents(project: Project, node: Node) -> Iterator[Node]:
    """Models, seeds and sources that a node reads."""
    for parent in node["depends_on"].get("nodes", []):
        found = project.node(parent)
        if found is not None:
            yield found


def let_the_line_mart_read_raw(project: Project) -> None:
    node = project.manifest["nodes"]["model.aftermath.dim_lines"]
    node["depends_on"]["nodes"].append("seed.aftermath.raw_lines")


@rule(let_the_line_mart_read_raw)
def a_layer_reads_only_what_stands_before_it(project: Project) -> Iterator[str]:
    """Raw -> staging -> intermediate -> marts; reference seeds may be read anywhere.

    Example: a mart reads int_port_flows_ranked and ref_carriers, never raw_port_requests.
    Reason: what was not validated must not reach a report, and the gates stand between the layers.
    Remedy: read the staging model of the entity, or move the logic to the layer before.
    """
    for node in project.models():
        for parent in parents(project, node):
            if room_of(parent) not in MAY_READ.get(layer_of(node), set()):
                yield f"{node['original_file_path']}: reads {parent['name']} ({room_of(parent)})"


def let_an_intermediate_model_read_the_vault(project: Project) -> None:
    node = project.manifest["nodes"]["model.aftermath.int_lines_served"]
    node["depends_on"]["nodes"].append("model.aftermath.stg_operator__line_vault")


@rule(let_an_intermediate_model_read_the_vault)
def only_staging_reads_the_restricted_schema(project: Project) -> Iterator[str]:
    """The vault that links pseudonyms to identifiers has one reader.

    Example: stg_operator__lines joins the line vault; nothing else does.
    Reason: re-identification data are kept apart, with access of their own.
    Remedy: use line_key or customer_key; both are everywhere.
    """
    for node in project.nodes("model", "analysis"):
        for parent in parents(project, node):
            if parent["schema"] == "restricted" and (
                node["resource_type"] != "model" or layer_of(node) != "staging"
            ):
                yield f"{node['original_file_path']}: reads {parent['name']}"


def show_the_number_in_a_mart(project: Project) -> None:
    node = project.manifest["nodes"]["model.aftermath.dim_lines"]
    node["columns"]["msisdn"] = {"name": "msisdn", "description": "Number", "data_type": "varchar"}


@rule(show_the_number_in_a_mart)
def no_direct_identifier_leaves_the_restricted_schema(project: Project) -> Iterator[str]:
    """Beyond staging a line is a line_key.

    Example: msisdn, imsi, imei, birth_date, line_id and customer_id end in schema restricted.
    Reason: published marts must not identify anyone; a phone number is no key either.
    Remedy: drop the column, or use the pseudonym, the age band or a count.
    """
    for node in project.models():
        if node["schema"] == "restricted":
            continue
        for column in sorted(DIRECT_IDENTIFIERS & set(node["columns"])):
            yield f"{node['original_file_path']}: has column {column}"


def read_the_truth_in_a_model(project: Project) -> None:
    project.texts["models/marts/core/dim_lines.sql"] += "-- \nselect 1 from read_csv('truth.csv')\n"


@rule(read_the_truth_in_a_model)
def nothing_in_the_flow_knows_the_truth_of_the_scenario(project: Project) -> Iterator[str]:
    """What the generator planted is known to tests only.

    Example: tests/warehouse compares marts with the truth files; no model, suite or asset does.
    Reason: a warehouse that reads the answer proves nothing about a carrier's own exports.
    Remedy: derive the value from the exports.
    """
    for path, text in project.files("models/", "macros/", "analyses/", suffix=".sql"):
        code = code_of(text)
        for pattern in (r"\btruth\b", r"\bread_(csv|parquet|json)\w*\s*\(", r"scenarios/"):
            if re.search(pattern, code):
                yield f"{path}: matches {pattern}"
    for path, text in project.files("expectations/", "orchestration/", suffix=".py"):
        if re.search(r"\btruth\b['\"/]|['\"/]truth\b", text):
            yield f"{path}: names the truth files"


def hand_out_a_churn_mart_without_a_test(project: Project) -> None:
    mart = project.manifest["nodes"]["model.aftermath.dim_lines"]
    project.manifest["nodes"]["model.aftermath.rpt_leavers"] = {
        **mart,
        "name": "rpt_leavers",
        "unique_id": "model.aftermath.rpt_leavers",
        "schema": "churn",
        "config": {"meta": {"audience": "handed_out"}},
    }


@rule(hand_out_a_churn_mart_without_a_test)
def a_churn_mart_says_whether_it_may_be_handed_out(project: Project) -> Iterator[str]:
    """Every mart of churn is for use inside or made to be handed out, and the latter is tested.

    Example: config.meta.audience is `inside`; of rpt_churn_segments_monthly it is `handed_out`, and
    the test what_is_handed_out_shows_no_small_count reads it.
    Reason: a table of leavers by segment names people where a count is 1.
    Remedy: mark it `inside`, or withhold small counts and give it a test what_is_handed_out_...
    """
    guarded = {
        parent
        for node in project.nodes("test")
        if node["name"].startswith("what_is_handed_out_")
        for parent in node["depends_on"]["nodes"]
    }
    for node in project.models():
        if node["schema"] != "churn":
            continue
        audience = node["config"].get("meta", {}).get("audience")
        if audience not in {"inside", "handed_out"}:
            yield f"{node['original_file_path']}: audience is {audience}"
        if audience == "handed_out" and node["unique_id"] not in guarded:
            yield f"{node['original_file_path']}: no test what_is_handed_out_... reads it"
