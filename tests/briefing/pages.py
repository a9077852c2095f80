"""Pages of published files: of the sample, and of copies in which something is missing."""

from __future__ import annotations

import functools
import shutil
from typing import TYPE_CHECKING

import duckdb

from briefing import page
from orchestration import tables
from tests import batch_on_the_sample

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest


def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published file of the sample: others open the file with other settings."""
    shared = batch_on_the_sample.folder_of_the_test_run(tmp_path_factory)
    file = batch_on_the_sample.published(shared) / "published" / "current.duckdb"
    copied = tmp_path_factory.getbasetemp() / "briefed" / "published" / file.name
    if not copied.exists():
        copied.parent.mkdir(parents=True)
        shutil.copyfile(file, copied)
    return copied


@functools.cache
def rendered(file: Path) -> str:
    """The page of a published file."""
    with tables.reader(file) as connection:
        return page.render(connection, file.parent.parent / "briefing")


def copy(file: Path, folder: Path, name: str, rows: Mapping[str, str], others: str) -> Path:
    """A copy of a published file with these rows of some tables, and `others` of the rest."""
    made = folder / f"{name}.duckdb"
    with duckdb.connect(str(made)) as connection:
        connection.execute(f"attach '{file}' as published (read_only)")
        found = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
        for schema, table in found:
            connection.execute(f"create schema if not exists {schema}")
            kept = "true" if table == "published_generation" else rows.get(table, others)
            connection.execute(
                f"create table {schema}.{table} as "
                f"select * from published.{schema}.{table} where {kept}"
            )
    return made


def change(file: Path, statement: str) -> Path:
    """Change a copy."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(statement)
    return file


def empty_copy(file: Path, folder: Path) -> Path:
    """The file of a batch to which nothing was delivered."""
    return copy(file, folder, "empty", {}, "false")


def without_a_window(file: Path, folder: Path) -> Path:
    """The file of an incident whose operator promised nothing: no policy, no programme."""
    promised = (
        "fct_waiver_decisions fct_waiver_rule_results rpt_policy_scenarios dim_programmes "
        "rpt_compensation_cost_monthly fct_refund_positions rpt_incident_cost"
    )
    rows = {
        **dict.fromkeys(promised.split(), "false"),
        "rpt_port_share": "period_kind not in ('policy_window', 'policy_retroactive')",
        "rpt_excess_churn": "phase != 'window'",
        "rpt_excess_churn_daily": "phase is null or phase != 'window'",
        "rpt_published_claims": "unit != 'ratio'",
    }
    return copy(file, folder, "without_a_window", rows, "true")
