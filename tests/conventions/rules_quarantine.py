"""Conventions of quarantine: a delivery lets a row in, and nothing else does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conventions.rulebook import Project, code_of, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What tells the life of held rows -> the models that may read it: none of them makes a row count.
TOLD_BY = {
    "ref_quarantine_closures": {"fct_quarantined_rows"},
    "stg_operator__row_releases": {"stg_operator__held_rows"},
    "stg_operator__held_rows": {"stg_operator__quarantine", "fct_quarantined_rows"},
    "fct_quarantined_rows": {"rpt_quarantine_ageing"},
}


def let_a_closure_make_a_row_count(project: Project) -> None:
    node = project.manifest["nodes"]["model.aftermath.int_lines_served"]
    node["depends_on"]["nodes"].append("seed.aftermath.ref_quarantine_closures")


@rule(let_a_closure_make_a_row_count)
def no_row_is_released_by_a_register(project: Project) -> Iterator[str]:
    """What tells the life of held rows is read by what shows it, and by no figure.

    Example: ref_quarantine_closures is read by fct_quarantined_rows alone.
    Reason: a row that a person can make count is a figure that nobody delivered.
    Remedy: deliver the row, or the one that it belongs to.
    """
    for node in project.models():
        for parent in node["depends_on"].get("nodes", []):
            name = parent.rpartition(".")[2]
            if node["name"] not in TOLD_BY.get(name, {node["name"]}):
                yield f"{node['original_file_path']}: reads {name}"


def edit_a_row_in_a_model(project: Project) -> None:
    project.texts["models/marts/core/dim_lines.sql"] += "-- \nupdate raw.raw_lines set imei = ''\n"


@rule(edit_a_row_in_a_model, needs="files")
def no_sql_of_the_flow_edits_a_row(project: Project) -> Iterator[str]:
    """Models and macros select; none updates, deletes or inserts. Materializations put it in place.

    Example: a correction is a later row of the export, and staging takes the newest good one.
    Reason: an edited row cannot be told from a delivered one, and the next batch undoes it.
    Remedy: have the row delivered again.
    """
    statement = re.compile(
        r"\b(update\s+\S+\s+set|delete\s+from|insert\s+into|merge\s+into|truncate\s+table)\b",
        re.IGNORECASE,
    )
    for path, text in project.files("models/", "macros/", "analyses/", suffix=".sql"):
        if path.startswith("macros/materializations/"):
            continue
        for found in statement.finditer(code_of(text)):
            yield f"{path}: {' '.join(found.group().split())}"
