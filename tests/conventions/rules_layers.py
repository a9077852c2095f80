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
    node["columns"]["msisdn"] = {"name": "msisdn", "description": "Number", "data_type": "string"}


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


#: Who may see a table; what each level may be read by.
ACCESS_LEVELS = ("restricted", "internal", "public")


def level_of(node: Node) -> str | None:
    """Access level of a model, seed or source."""
    meta = node.get("config", {}).get("meta") or node.get("meta") or {}
    level = meta.get("access_level")
    return None if level is None else str(level)


def forget_the_level_of_the_vault(project: Project) -> None:
    node = project.manifest["nodes"]["model.aftermath.stg_operator__line_vault"]
    node["config"]["meta"] = {"access_level": "internal"}


@rule(forget_the_level_of_the_vault)
def everything_has_an_access_level(project: Project) -> Iterator[str]:
    """Every model, seed and source is restricted, internal or public; identifiers are restricted.

    Example: config.meta.access_level is `internal` by default of the folder; of the schemas raw and
    restricted it is `restricted`; of a few marts `public`.
    Reason: who may see a table is decided where the table is made, not where it is copied.
    Remedy: leave the default of dbt_project.yml, or mark the mart public with its reason.
    """
    sources = project.manifest.get("sources", {}).values()
    for node in (*project.nodes("model", "seed"), *sources):
        level, schema = level_of(node), node["schema"]
        if level not in ACCESS_LEVELS:
            yield f"{node['original_file_path']}: access level of {node['name']} is {level}"
        elif (level == "restricted") != (schema in {"raw", "restricted"}):
            yield f"{node['original_file_path']}: {node['name']} is {level} in schema {schema}"
        elif level == "public" and (node["resource_type"] != "model" or layer_of(node) != "marts"):
            yield f"{node['original_file_path']}: {node['name']} is public and no mart"


def let_a_mart_read_what_is_restricted(project: Project) -> None:
    nodes = project.manifest["nodes"]
    nodes["model.aftermath.int_lines_served"]["config"]["meta"] = {"access_level": "restricted"}


@rule(let_a_mart_read_what_is_restricted)
def what_is_restricted_is_read_by_staging_alone(project: Project) -> Iterator[str]:
    """A restricted table has readers in staging and nowhere else.

    Example: stg_operator__lines reads raw_lines and the line vault; int_line_spells reads neither.
    Reason: what identifies people ends where it is replaced by pseudonyms.
    Remedy: read the staging model of the entity.
    """
    for node in project.nodes("model", "analysis"):
        if node["resource_type"] == "model" and layer_of(node) == "staging":
            continue
        for parent in parents(project, node):
            if level_of(parent) == "restricted":
                yield f"{node['original_file_path']}: reads {parent['name']}"


def make_a_mart_public_without_a_test(project: Project) -> None:
    mart = project.manifest["nodes"]["model.aftermath.dim_lines"]
    project.manifest["nodes"]["model.aftermath.rpt_leavers"] = {
        **mart,
        "name": "rpt_leavers",
        "unique_id": "model.aftermath.rpt_leavers",
        "schema": "churn",
        "config": {"meta": {"access_level": "public", "privacy_rule": "published_counts"}},
    }


@rule(make_a_mart_public_without_a_test)
def a_public_mart_counts_nobody_or_withholds_small_counts(project: Project) -> Iterator[str]:
    """A public mart names the rule its counts keep and has a test of it, or says why none is in.

    Example: rpt_churn_segments_monthly has meta.privacy_rule `published_counts` of
    ref_privacy_rules, and the test what_is_public_shows_no_small_count reads it; dim_carriers has
    meta.no_people `A register of companies.`
    Reason: a table of leavers by segment names people where a count is 1.
    Remedy: leave it internal, or withhold small counts and give it a test what_is_public_...
    """
    guarded = {
        parent
        for node in project.nodes("test")
        if node["name"].startswith("what_is_public_")
        for parent in node["depends_on"]["nodes"]
    }
    for node in project.models():
        if level_of(node) != "public":
            continue
        meta = node["config"]["meta"]
        if bool(meta.get("privacy_rule")) == bool(meta.get("no_people")):
            yield f"{node['original_file_path']}: names no privacy_rule, or no reason, or both"
        if meta.get("privacy_rule") and node["unique_id"] not in guarded:
            yield f"{node['original_file_path']}: no test what_is_public_... reads it"
        if {"line_key", "customer_key"} & set(node["columns"]):
            yield f"{node['original_file_path']}: is public and a row is one line or customer"
