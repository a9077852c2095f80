"""Conventions of columns as the engine built them, for tables without a contract as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conventions.rulebook import Project, rule
from tests.conventions.rules_layers import DIRECT_IDENTIFIERS
from tests.conventions.rules_names import allowed_types, type_family

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVED = "model.aftermath.int_lines_served"


def build_a_column_that_nobody_described(project: Project) -> None:
    project.built[SERVED]["tenure_months"] = "BIGINT"


@rule(build_a_column_that_nobody_described, needs="build")
def what_is_built_is_what_is_described(project: Project) -> Iterator[str]:
    """Described columns and built columns are the same set.

    Example: a column added to a model is added to its folder's property file in the same change.
    Reason: a catalogue that lacks columns, or lists some that are gone, is not believed.
    Remedy: describe the column, or delete its description.
    """
    for node in project.models():
        built = project.built.get(node["unique_id"])
        if built is None:
            continue
        for column in sorted(set(built) - set(node["columns"])):
            yield f"{node['original_file_path']}: column {column} is not described"
        for column in sorted(set(node["columns"]) - set(built)):
            yield f"{node['original_file_path']}: column {column} is described but not built"


def build_money_as_a_float(project: Project) -> None:
    project.built[SERVED]["paid_krw"] = "DOUBLE"


@rule(build_money_as_a_float, needs="build")
def a_built_column_has_the_type_that_its_name_promises(project: Project) -> Iterator[str]:
    """Suffix and type agree in staging and intermediate tables too.

    Example: paid_krw bigint, is_eligible boolean, paid_on date, claimed_at timestamp.
    Reason: a sum of bigint is a 128-bit number and a date minus an interval a timestamp, unless
    cast; the next model then inherits the wrong type.
    Remedy: cast the column, or give it the name of what it holds.
    """
    for node in project.models():
        for column, data_type in project.built.get(node["unique_id"], {}).items():
            types = allowed_types(column)
            if types is not None and type_family(data_type) not in types:
                yield f"{node['original_file_path']}: {column} is {data_type}"


def build_a_phone_number_into_a_table(project: Project) -> None:
    project.built[SERVED]["msisdn"] = "VARCHAR"


@rule(build_a_phone_number_into_a_table, needs="build")
def no_direct_identifier_is_built_outside_the_restricted_schema(project: Project) -> Iterator[str]:
    """Beyond schema restricted a line is a line_key.

    Example: msisdn, imsi, imei, birth_date, line_id and customer_id end in schema restricted.
    Reason: a column need not be described to identify a person.
    Remedy: drop the column, or use the pseudonym, the age band or a count.
    """
    for node in project.models():
        if node["schema"] != "restricted":
            for column in sorted(
                DIRECT_IDENTIFIERS & set(project.built.get(node["unique_id"], {}))
            ):
                yield f"{node['original_file_path']}: has column {column}"
