"""Conventions of names: models, folders, schemas, property files, columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conventions.rulebook import Node, Project, folder_of, layer_of, rule, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL_NAMES = {
    "staging": re.compile(r"stg_(?P<folder>[a-z0-9]+)__[a-z0-9_]+"),
    "intermediate": re.compile(r"int_[a-z0-9]+(_[a-z0-9]+)+"),
    "marts": re.compile(r"(dim|fct|rpt)_[a-z0-9_]+"),
}

#: Ending or beginning of a column's name -> the types it may have in a contract.
COLUMN_TYPES = (
    (re.compile(r".*_krw"), {"bigint"}),
    (re.compile(r".*_key"), {"bigint"}),
    (re.compile(r"(is|has)_.*"), {"boolean"}),
    (re.compile(r"(.*_)?(on|date)"), {"date"}),
    (re.compile(r".*_at"), {"timestamp"}),
    (re.compile(r"(.*_)?(share|rate)"), {"double", "decimal"}),
    (re.compile(r".*_count"), {"bigint", "integer"}),
    (re.compile(r".*_id"), {"string"}),
)


def allowed_types(column: str) -> set[str] | None:
    """Types that a column of this name may have; None where the name promises nothing."""
    for pattern, types in COLUMN_TYPES:
        if pattern.fullmatch(column):
            return types
    return None


def type_family(data_type: str) -> str:
    """`decimal(18,6)` and `DECIMAL` are one family, and so is what two engines call their text."""
    family = data_type.lower().split("(")[0].strip()
    return "string" if family == "varchar" else family


def call_the_line_mart_after_nothing(project: Project) -> None:
    project.manifest["nodes"]["model.aftermath.dim_lines"]["name"] = "lines"


@rule(call_the_line_mart_after_nothing)
def models_are_named_by_their_layer_and_folder(project: Project) -> Iterator[str]:
    """Names say layer, and in staging the source system.

    Example: models/staging/operator/stg_operator__lines.sql, marts/churn/fct_line_spells.sql.
    Reason: a name in a query or a message must tell where its table comes from.
    Remedy: rename the file, or move it to the layer it belongs to.
    """
    for node in project.models():
        pattern = MODEL_NAMES.get(layer_of(node))
        if pattern is None:
            yield f"{node['original_file_path']}: models/{layer_of(node)} is no layer with models"
            continue
        found = pattern.fullmatch(node["name"])
        if not found:
            yield f"{node['original_file_path']}: the name does not fit {pattern.pattern}"
        elif (
            layer_of(node) == "staging"
            and found["folder"] not in node["original_file_path"].split("/")
        ) and folder_of(node) != "restricted":
            yield f"{node['original_file_path']}: stands outside the folder of its source system"


def put_the_line_mart_into_main(project: Project) -> None:
    project.manifest["nodes"]["model.aftermath.dim_lines"]["schema"] = "main"


@rule(put_the_line_mart_into_main)
def models_stand_in_the_schema_of_their_folder(project: Project) -> Iterator[str]:
    """The database shows the same words as the tree.

    Example: models/marts/churn, and any folder below it -> schema churn of the candidate;
    models/staging -> schema staging.
    Reason: whoever sees a table can find its file, and publishing takes exactly the marts.
    Remedy: give the folder its schema in dbt_project.yml, none in the model.
    """
    for node in project.models():
        layer = layer_of(node)
        schema = node["schema"]
        if layer == "marts":
            fits = schema == subject_of(node) and node["database"] == "candidate"
        else:
            fits = node["database"] != "candidate" and schema in (
                {"staging", "restricted"} if layer == "staging" else {layer}
            )
        if not fits:
            yield f"{node['original_file_path']}: is built in {node['database']}.{schema}"


def describe_the_line_mart_elsewhere(project: Project) -> None:
    node = project.manifest["nodes"]["model.aftermath.dim_lines"]
    node["patch_path"] = "aftermath://models/marts/all.yml"


@rule(describe_the_line_mart_elsewhere)
def models_are_described_in_the_file_of_their_folder(project: Project) -> Iterator[str]:
    """One `_<folder>__models.yml` per folder.

    Example: models/marts/churn/_churn__models.yml describes every model of that folder.
    Reason: there is one place to look, and a deleted model leaves no description behind.
    Remedy: move the model's properties into the file of its folder.
    """
    for node in project.models():
        folder = node["original_file_path"].rpartition("/")[0]
        wanted = f"{folder}/_{folder_of(node)}__models.yml"
        found = (node["patch_path"] or "").partition("://")[2]
        if found != wanted:
            yield f"{node['original_file_path']}: described in {found or 'nothing'}, not {wanted}"


def declared_types(node: Node) -> Iterator[tuple[str, str]]:
    """Columns with the type that the contract or the seed's properties declare."""
    for column in node["columns"].values():
        if column.get("data_type"):
            yield column["name"], column["data_type"]
    for name, data_type in (node["config"].get("column_types") or {}).items():
        # A folder may give types to columns that only some of its seeds have.
        if name in node["columns"]:
            yield name, data_type


def make_the_line_key_text(project: Project) -> None:
    node = project.manifest["nodes"]["model.aftermath.dim_lines"]
    node["columns"]["line_key"]["data_type"] = "string"


@rule(make_the_line_key_text)
def a_column_has_the_type_that_its_name_promises(project: Project) -> Iterator[str]:
    """Suffix and type agree, in contracts and reference seeds.

    Example: paid_krw bigint, is_eligible boolean, paid_on date, claimed_at timestamp, share double.
    Reason: money must never be a float, and a reader must not need the catalogue to write a join.
    Remedy: cast the column, or give it the name of what it holds.
    """
    for node in project.nodes("model", "seed"):
        if node["resource_type"] == "seed" and node["schema"] == "raw":
            continue
        for column, data_type in declared_types(node):
            types = allowed_types(column)
            if types is not None and type_family(data_type) not in types:
                yield (
                    f"{node['original_file_path']}: {column} is {data_type}, "
                    f"not {' or '.join(sorted(types))}"
                )
