"""The ledger over a sequence of batches: what was published stands."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration.published_ledger import COLUMNS
from orchestration.settings import PROJECT_DIR

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
    kind="rerun",
    tried="The same exports are run again under another unit cost in the register",
    holds="the ledger reverses, edits nothing, and every restated cell names the register",
)
def test_a_rule_that_changed_reverses_what_was_published_and_edits_nothing(
    area: BuildArea, tmp_path: Path
) -> None:
    reference = tmp_path / "reference"
    shutil.copytree(PROJECT_DIR / "seeds" / "reference", reference)
    assumptions = reference / "ref_assumptions.csv"
    text = assumptions.read_text(encoding="utf-8")
    assert UNIT_COST in text
    assumptions.write_text(text.replace(UNIT_COST, OTHER_UNIT_COST), encoding="utf-8")
    first = area.settings.current_db.resolve()
    before = ledger(first)
    assert before

    assert area.batch("--reference", str(reference)).code == 0

    second = area.settings.current_db.resolve()
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
