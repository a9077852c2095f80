"""The ledger over a sequence of batches: what was published stands."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import pytest

from orchestration.instance import open_instance
from orchestration.published_ledger import COLUMNS
from orchestration.settings import PROJECT_DIR
from tests.orchestration.killing import kill_a_batch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.orchestration.conftest import BuildArea

UNIT_COST = "data_unit_cost,data_grant,unit_cost_krw,krw_per_gb,20,50,120"
OTHER_UNIT_COST = "data_unit_cost,data_grant,unit_cost_krw,krw_per_gb,20,60,120"


def ledger(generation: Path) -> dict[str, tuple[Any, ...]]:
    """Every entry of a generation by its id, all columns."""
    with duckdb.connect(str(generation), read_only=True) as connection:
        rows = connection.execute(
            f"select {', '.join(COLUMNS)} from compensation.fct_ledger_entries"
        ).fetchall()
    return {row[0]: row for row in rows}


def value(generation: Path, query: str) -> Any:
    with duckdb.connect(str(generation), read_only=True) as connection:
        ((found,),) = connection.execute(query).fetchall()
    return found


@pytest.mark.fault(
    kind="crash",
    tried="kill -9 of a real batch while dbt builds the intermediate layer; then the same exports "
    "under another unit cost in the register",
    holds="readers see no change; the next batch closes the record of the dead run and publishes: "
    "the ledger reverses and edits nothing, and every restated cell names the register",
)
def test_after_a_kill_a_rule_that_changed_reverses_what_was_published_and_edits_nothing(
    area: BuildArea, tmp_path: Path
) -> None:
    published = area.published()
    kill_a_batch(area, "nodes of intermediate")
    assert area.published() == published
    left_open = area.last_run()
    assert left_open.status is dg.DagsterRunStatus.STARTED

    reference = tmp_path / "reference"
    shutil.copytree(PROJECT_DIR / "seeds" / "reference", reference)
    assumptions = reference / "ref_assumptions.csv"
    text = assumptions.read_text(encoding="utf-8")
    assert UNIT_COST in text
    assumptions.write_text(text.replace(UNIT_COST, OTHER_UNIT_COST), encoding="utf-8")
    first = area.settings.current_db.resolve()
    before = ledger(first)
    assert before

    ended = area.batch("--reference", str(reference))

    assert ended.code == 0, ended.err
    second = area.settings.current_db.resolve()
    assert second.stem in ended.out
    with open_instance(area.settings) as instance:
        closed = instance.get_run_by_id(left_open.run_id)
    assert closed is not None
    assert closed.status is dg.DagsterRunStatus.FAILURE
    after = ledger(second)
    assert {entry: after.get(entry) for entry in before} == before
    added = [dict(zip(COLUMNS, after[entry], strict=True)) for entry in after.keys() - before]
    withdrawn = [entry for entry in added if entry["corrects_entry_id"]]
    assert {entry["event_kind"] for entry in withdrawn} == {"benefit_cost", "benefit_settled"}
    assert {entry["programme_id"] for entry in added} == {"data_grant"}
    assert all(entry["reverses_entry_id"] in before for entry in withdrawn)
    as_of = value(second, "select as_of_date from core.published_generation")
    assert {entry["known_from"] for entry in added} == {as_of}
    # The books say what the marts say: used gigabytes at the new price.
    booked = value(
        second,
        "select sum(case side when 'debit' then amount_krw else -amount_krw end) "
        "from compensation.fct_compensation_ledger "
        "where programme_id = 'data_grant' and account = 'service_cost'",
    )
    used = (
        "select sum(cost_krw) from compensation.fct_benefit_utilisation "
        "where programme_id = 'data_grant'"
    )
    assert booked == value(second, used) != value(first, used)

    # The same change in the report on what was published: a rule, and nothing else.
    with duckdb.connect(str(second), read_only=True) as connection:
        causes = dict(
            connection.execute(
                "select cause, count(*) from reconciliation.rpt_restatements group by cause"
            ).fetchall()
        )
        evidence = {
            text
            for (text,) in connection.execute(
                "select distinct evidence from reconciliation.rpt_restatements"
            ).fetchall()
        }
        ((previous, current),) = connection.execute(
            "select sum(cast(previous as bigint)), sum(cast(current as bigint)) "
            "from reconciliation.rpt_restatements "
            "where published_table = 'compensation.fct_benefit_utilisation' "
            "and column_name = 'cost_krw'"
        ).fetchall()
    assert causes.keys() == {"policy_version"}
    assert evidence == {"ref_assumptions is another file"}
    assert (previous, current) == (value(first, used), value(second, used))
