"""Conventions of descriptions, keys, contracts and owners."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conventions.rulebook import Node, Project, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

FILLER = {"the", "a", "an", "of", "this", "that", "is", "to", "in", "for", "its", "and", "or"}
LINE_MART = "model.aftermath.dim_lines"


def words(text: str) -> set[str]:
    """Words of a name or a description, plural and singular as one."""
    return {word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", text.lower())}


def says_nothing(name: str, description: str) -> bool:
    """Whether a description is empty or only the name again."""
    return not words(description) - words(name.replace("_", " ")) - FILLER


def leave_the_line_mart_undescribed(project: Project) -> None:
    project.manifest["nodes"][LINE_MART]["description"] = "The dim lines."


@rule(leave_the_line_mart_undescribed)
def every_model_and_seed_is_described(project: Project) -> Iterator[str]:
    """A description says what a row is.

    Example: "Every line ever seen in the exports, as it stands on the as-of day."
    Reason: the catalogue, the Dagster page and the published database show nothing else.
    Remedy: write meaning and caveat into the folder's property file.
    """
    for node in project.nodes("model", "seed"):
        if says_nothing(node["name"], node["description"]):
            yield f"{node['original_file_path']}: no description"


def describe_the_line_key_by_its_name(project: Project) -> None:
    project.manifest["nodes"][LINE_MART]["columns"]["line_key"]["description"] = "Key of the line"


@rule(describe_the_line_key_by_its_name)
def every_column_is_described_by_more_than_its_name(project: Project) -> Iterator[str]:
    """A column's description gives meaning, unit and caveat.

    Example: paid_krw: "Won paid out by the as-of day; returned transfers are not counted."
    Reason: a description that repeats the name hides that nobody wrote one.
    Remedy: say what the value means, its unit, and when it is empty.
    """
    for node in project.nodes("model", "seed"):
        for column in node["columns"].values():
            if says_nothing(column["name"], column.get("description") or ""):
                yield f"{node['original_file_path']}: column {column['name']}"
        if node["resource_type"] == "seed":
            header = project.texts.get(node["original_file_path"], "").partition("\n")[0]
            for name in sorted(set(filter(None, header.split(","))) - set(node["columns"])):
                yield f"{node['original_file_path']}: column {name} of the file is not described"


def tests_of(project: Project, node: Node) -> Iterator[Node]:
    """Data tests attached to a model."""
    for test in project.nodes("test"):
        if test.get("attached_node") == node["unique_id"]:
            yield test


def has_primary_key_test(project: Project, node: Node) -> bool:
    """Whether a test would find two rows of one key, or a row without one."""
    not_null = {
        name
        for name, column in node["columns"].items()
        for constraint in column.get("constraints") or []
        if constraint["type"] == "not_null"
    }
    tests = [test for test in tests_of(project, node) if test.get("test_metadata")]
    not_null |= {
        test["column_name"] for test in tests if test["test_metadata"]["name"] == "not_null"
    }
    for test in tests:
        name = test["test_metadata"]["name"]
        if name == "unique" and test["column_name"] in not_null:
            return True
        if name.startswith(("unique_", "primary_key", "one_row_per")):
            return True
        if name == "integrity" and test["test_metadata"]["kwargs"].get("key"):
            return True
    return False


def drop_the_key_test_of_the_line_mart(project: Project) -> None:
    nodes = project.manifest["nodes"]
    for unique_id in [key for key, node in nodes.items() if node["resource_type"] == "test"]:
        if nodes[unique_id]["attached_node"] == LINE_MART:
            del nodes[unique_id]


@rule(drop_the_key_test_of_the_line_mart)
def every_model_has_a_primary_key_test(project: Project) -> Iterator[str]:
    """The grain that a model claims is tested.

    Example: unique + not_null on line_key; a test of the combination (month, segment).
    Reason: a fan-out join doubles money without any error.
    Remedy: test the key of the grain in the folder's property file.
    """
    for node in project.models():
        if not has_primary_key_test(project, node):
            yield f"{node['original_file_path']}: no primary-key test"


def give_a_rule_a_test_of_its_own(project: Project) -> None:
    next(project.nodes("test"))["test_metadata"]["name"] = "accepted_values"


@rule(give_a_rule_a_test_of_its_own)
def the_rules_of_a_table_stand_in_one_test(project: Project) -> Iterator[str]:
    """Values, references and columns that are filled are rules of one test, `integrity`.

    Example: integrity with key [claim_id], values {kind: [data, insurance]}, filled [source].
    Reason: every test costs dbt the same, whatever it asks; and a table has one check of that name.
    Remedy: an entry below `values`, `known` or `filled` of the table's test in the property file.
    """
    held = {"accepted_values", "relationships"}
    tables: set[str] = set()
    for test in project.nodes("test"):
        name = (test.get("test_metadata") or {}).get("name")
        if name in held:
            yield f"{test['original_file_path']}: {test['name']}"
        if name == "integrity":
            if test["attached_node"] in tables:
                yield f"{test['original_file_path']}: a second integrity of {test['attached_node']}"
            tables.add(test["attached_node"])


def lift_the_contract_of_the_line_mart(project: Project) -> None:
    project.manifest["nodes"][LINE_MART]["config"]["contract"]["enforced"] = False


@rule(lift_the_contract_of_the_line_mart)
def every_mart_has_an_enforced_contract_with_typed_columns(project: Project) -> Iterator[str]:
    """Public tables change on purpose only.

    Example: contract enforced, and data_type on every column.
    Reason: names and types of the marts are what others build on.
    Remedy: declare the column with its type; never switch the contract off.
    """
    for node in project.models("marts"):
        if not node["config"]["contract"]["enforced"]:
            yield f"{node['original_file_path']}: the contract is not enforced"
        for column in node["columns"].values():
            if not column.get("data_type"):
                yield f"{node['original_file_path']}: column {column['name']} has no data_type"


def take_the_owner_from_the_line_mart(project: Project) -> None:
    project.manifest["nodes"][LINE_MART]["group"] = None


@rule(take_the_owner_from_the_line_mart)
def every_mart_has_access_and_an_owner_to_write_to(project: Project) -> Iterator[str]:
    """Access is declared and the group has a mail address.

    Example: access public, group finance, owner finance-control@example.com.
    Reason: a failed check has to reach someone.
    Remedy: give the folder a group in dbt_project.yml and the group an owner in _groups.yml.
    """
    owners = {
        group["name"]: (group.get("owner") or {}).get("email")
        for group in project.manifest["groups"].values()
    }
    for node in project.models("marts"):
        if node.get("access") not in {"public", "protected", "private"}:
            yield f"{node['original_file_path']}: no access"
        if not owners.get(node.get("group") or ""):
            yield f"{node['original_file_path']}: no owner with a mail address"


def let_a_test_only_warn(project: Project) -> None:
    test = next(project.nodes("test"))
    test["config"]["severity"] = "warn"


@rule(let_a_test_only_warn)
def every_data_test_blocks_unless_it_says_why_not(project: Project) -> Iterator[str]:
    """Severity is error; a warning carries its reason.

    Example: severity warn only with `meta: {reason: ..., until: ...}` beside it.
    Reason: a check that only warns is a check that nobody reads.
    Remedy: mend the data or the rule; or state why a warning is enough and until when.
    """
    for node in project.nodes("test"):
        meta = node["config"].get("meta") or {}
        if str(node["config"].get("severity", "error")).lower() != "error" and not {
            "reason",
            "until",
        } <= set(meta):
            yield f"{node['original_file_path']}: {node['name']} only warns and gives no reason"


def send_a_reader_to_a_table_of_the_past(project: Project) -> None:
    project.texts["README.md"] += "\nsee `core.dim_ghosts`\n"


@rule(send_a_reader_to_a_table_of_the_past)
def tables_named_in_documents_exist(project: Project) -> Iterator[str]:
    """A `schema.table` in Markdown is a model, a seed or the table that publishing writes.

    Example: `reconciliation.rpt_published_claims` in README.md.
    Reason: a reader pastes the name into a query.
    Remedy: correct the name, or the document.
    """
    tables = {f"{node['schema']}.{node['name']}" for node in project.nodes("model", "seed")}
    schemas = {table.partition(".")[0] for table in tables}
    tables.add("core.published_generation")
    named = re.compile(
        rf"\b(?:{'|'.join(sorted(schemas))})\.[a-z]+_[a-z0-9_]+\b(?!\.(?:py|sql|yml))"
    )
    for path, text in project.files("README.md", "CONTRIBUTING.md", "docs/", suffix=".md"):
        for name in sorted(set(named.findall(text)) - tables):
            yield f"{path}: {name}"
