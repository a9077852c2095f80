"""What was published and reads otherwise now: found, counted, and laid at the right door."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import restatements
from tests.orchestration.two_generations import BEFORE, NOW, TABLES, TwoGenerations

if TYPE_CHECKING:
    from pathlib import Path

MONTHLY = "churn.rpt_ends_monthly"
ENDS = "churn.fct_ends"


@pytest.fixture
def two(tmp_path: Path) -> TwoGenerations:
    return TwoGenerations(tmp_path)


def test_nothing_changed_is_nothing_restated(two: TwoGenerations) -> None:
    cells, outcomes, broken = two.compare()
    assert cells == {}
    assert broken == {}
    assert {outcome.outcome for outcome in outcomes.values()} == {"unchanged"}


@pytest.mark.fault(
    kind="late data",
    tried="A batch of the next day brings an end of January",
    holds="the closed month and the line are restated as late data; the batch is named",
)
def test_a_late_row_restates_its_closed_month_as_late_data(two: TwoGenerations) -> None:
    two.deliver("2026-03-11", "E9", "L9", "2026-01-15", 500)
    two.change("insert into churn.fct_ends values (9, '2026-01-15', 500, 'port_out', null)")
    two.count()
    cells, outcomes, broken = two.compare()
    ends = cells[MONTHLY, "month=2026-01-01", "ends"]
    assert (ends["previous"], ends["current"], ends["delta"]) == ("2", "3", 1)
    assert ends["period_on"] == dt.date(2026, 1, 31)
    assert ends["evidence"] == (
        "ends: 1 rows new or carried on, 0 take back a value, batches 2026-03-11"
    )
    assert cells[ENDS, "line_key=9", "(row)"]["change_kind"] == "appeared"
    assert {cell["cause"] for cell in cells.values()} == {"late_data"}
    assert outcomes[MONTHLY].restated_rows == 1
    assert broken == {}


@pytest.mark.fault(
    kind="late data",
    tried="A later version of a row takes back the fee that the first one held",
    holds="line and month are restated as a correction",
)
def test_a_value_taken_back_is_a_correction(two: TwoGenerations) -> None:
    two.deliver("2026-03-11", "E3", "L3", "2026-02-05", 2500)
    two.change("update churn.fct_ends set fee_krw = 2500 where line_key = 3")
    two.count()
    cells, _, broken = two.compare()
    assert {key: cell["cause"] for key, cell in cells.items()} == {
        (ENDS, "line_key=3", "fee_krw"): "correction",
        (MONTHLY, "month=2026-02-01", "fee_krw"): "correction",
        (MONTHLY, "month=2026-02-01", "mean_fee"): "correction",
    }
    assert cells[ENDS, "line_key=3", "fee_krw"]["delta"] == -500
    assert broken == {}


def test_a_row_moved_out_of_its_period_is_gone_from_there(two: TwoGenerations) -> None:
    two.deliver("2026-03-11", "E3", "L3", "2026-03-10", 3000)
    two.change("update churn.fct_ends set ended_on = '2026-03-10' where line_key = 3")
    two.count()
    cells, _, broken = two.compare()
    assert cells[MONTHLY, "month=2026-02-01", "ends"]["current"] is None
    assert cells[MONTHLY, "month=2026-02-01", "(row)"]["change_kind"] == "gone"
    assert cells[ENDS, "line_key=3", "ended_on"]["cause"] == "correction"
    assert broken == {}


@pytest.mark.parametrize("how", ["another file", "came into force"])
@pytest.mark.fault(
    kind="late data",
    tried="A register is another file, or a rule in it comes into force; nothing is delivered",
    holds="what reads the register is restated as a policy version, and the register is named",
)
def test_a_rule_that_changed_is_a_policy_version(two: TwoGenerations, how: str) -> None:
    if how == "another file":
        two.registers = {"ref_plans": "r2"}
    else:
        two.change("insert into reference.ref_plans values ('new', '2026-03-11')", "work")
    two.change("update core.dim_plans set fee_krw = 31000")
    two.change("update churn.rpt_ends_monthly set fee_krw = 7 where month = '2026-01-01'")
    cells, outcomes, broken = two.compare()
    assert {cell["cause"] for cell in cells.values()} == {"policy_version"}
    assert all("ref_plans" in cell["evidence"] for cell in cells.values())
    assert outcomes["core.dim_plans"].restated_cells == 1
    assert broken == {}


def test_code_that_changed_is_a_code_version_where_it_is_read(two: TwoGenerations) -> None:
    two.tables = tuple(
        replace(table, code="other") if table.name == "rpt_ends_monthly" else table
        for table in TABLES
    )
    two.change("update churn.rpt_ends_monthly set mean_fee = mean_fee / 3")
    cells, _, broken = two.compare()
    assert {key[:2] for key in cells} == {
        (MONTHLY, "month=2026-01-01"),
        (MONTHLY, "month=2026-02-01"),
    }
    assert {cell["cause"] for cell in cells.values()} == {"code_version"}
    assert {cell["evidence"] for cell in cells.values()} == {
        "SQL of the table or before it: b to other"
    }
    assert broken == {}


@pytest.mark.fault(
    kind="late data",
    tried="In one night the code changes and a late row arrives",
    holds="the month that the row belongs to is late data, the other one a code version",
)
def test_of_two_causes_the_delivery_takes_what_it_touched(two: TwoGenerations) -> None:
    two.tables = tuple(replace(table, code="other") for table in TABLES)
    two.deliver("2026-03-11", "E9", "L9", "2026-01-15", 500)
    two.change("update churn.rpt_ends_monthly set ends = ends + 1")
    cells, _, broken = two.compare()
    assert {key[1]: cell["cause"] for key, cell in cells.items()} == {
        "month=2026-01-01": "late_data",
        "month=2026-02-01": "code_version",
    }
    assert all("SQL of" in cell["evidence"] for cell in cells.values())
    assert broken == {}


def test_open_periods_new_days_and_what_happened_since_are_growth(two: TwoGenerations) -> None:
    two.deliver("2026-03-11", "E9", "L9", "2026-03-11", 500)
    two.deliver("2026-03-11", "E1", "L1", "2026-01-10", 1000, "voluntary", "2026-03-11")
    two.change("insert into churn.fct_ends values (9, '2026-03-11', 500, 'port_out', null)")
    two.change("update churn.fct_ends set refunded_on = '2026-03-11' where line_key = 1")
    two.count()
    cells, outcomes, broken = two.compare()
    assert cells == {}
    assert outcomes[ENDS].grown_rows == 2
    assert outcomes[MONTHLY].grown_rows == 1
    assert broken == {}


@pytest.mark.fault(
    kind="rerun",
    tried="The same inputs give another number than the one published",
    holds="the comparison finds no cause and its check stops the batch before it is published",
)
def test_a_change_without_a_cause_is_not_published(two: TwoGenerations) -> None:
    two.now_on = two.before_on
    two.change("update churn.rpt_ends_monthly set mean_fee = mean_fee + 1e-9 where ends = 2")
    _, outcomes, broken = two.compare()
    assert outcomes[MONTHLY].restated_cells == 1
    assert list(broken) == ["every_change_is_explained"]


@pytest.mark.fault(
    kind="roll-back",
    tried="The good version is run again on the day on which another one was rolled back",
    holds="what the books carry on of it is named as the cause, and the batch is published",
)
def test_what_the_books_carry_on_of_a_roll_back_is_a_cause(two: TwoGenerations) -> None:
    two.now_on = two.before_on
    two.change("update churn.rpt_ends_monthly set mean_fee = mean_fee + 1e-9 where ends = 2")
    cells, _, broken = two.compare(carried_on="r2")
    assert {cell["cause"] for cell in cells.values()} == {"policy_version"}
    assert all("the books carry on" in cell["evidence"] for cell in cells.values())
    assert broken == {}
    # A table that is not made of the books is not excused by them.
    two.change("update churn.fct_ends set fee_krw = fee_krw + 1 where line_key = 1")
    _, _, broken = two.compare(carried_on="r2")
    assert list(broken) == ["every_change_is_explained"]


def test_a_reading_of_a_day_is_compared_with_that_day_only(two: TwoGenerations) -> None:
    two.change("update churn.rpt_outlook set expected_krw = 400")
    _, outcomes, broken = two.compare()
    assert outcomes["churn.rpt_outlook"].outcome == "another_day"
    assert "2026-03-10" in outcomes["churn.rpt_outlook"].reason
    assert broken == {}
    two.now_on = two.before_on
    two.registers = {"ref_plans": "r2"}
    cells, outcomes, broken = two.compare()
    assert cells["churn.rpt_outlook", "programme=waiver", "expected_krw"]["delta"] == -100
    assert broken == {}


def test_a_large_reading_is_measured_only_where_it_is_compared(
    two: TwoGenerations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restatements, "_LARGEST_READING", 0)
    outlook = "churn.rpt_outlook"

    def measured() -> set[str]:
        with duckdb.connect(str(two.folder / f"{NOW}.duckdb")) as connection:
            found = connection.execute(
                f"select distinct published_table from {restatements.CHECKSUMS}"
            ).fetchall()
        return {table for (table,) in found}

    _, outcomes, broken = two.compare()
    assert outcomes[outlook].outcome == "another_day"
    assert outlook not in measured()
    assert MONTHLY in measured()
    assert broken == {}
    two.now_on = two.before_on
    assert two.compare()[1][outlook].outcome == "unchanged"
    assert outlook in measured()
    two.change("update churn.rpt_outlook set expected_krw = 400")
    assert two.compare()[1][outlook].outcome == "restated"


def test_a_key_of_another_type_is_the_same_key(two: TwoGenerations) -> None:
    two.change("alter table churn.fct_ends alter line_key type integer")
    two.change("update churn.fct_ends set fee_krw = 1 where line_key = 1")
    cells, _, broken = two.compare()
    assert list(cells) == [(ENDS, "line_key=1", "fee_krw")]
    assert set(broken) <= {"every_change_is_explained"}


def test_many_cells_of_a_column_are_summed_up_and_all_counted(two: TwoGenerations) -> None:
    many = (
        "insert into churn.fct_ends select range, '2026-01-03', 10, 'x', null from range(100, 900)"
    )
    for name in (BEFORE, "candidate"):
        two.change(many, name)
    two.count()
    two.tables = tuple(replace(table, code="other") for table in TABLES)
    two.change("update churn.fct_ends set fee_krw = 12, kind = 'y' where line_key >= 100")
    cells, outcomes, broken = two.compare(keys_listed=50)
    fees = cells[ENDS, "(800 cells changed by code_version)", "fee_krw"]
    assert (fees["previous"], fees["current"], fees["delta"]) == ("8000", "9600", 1600)
    assert fees["cell_count"] == 800
    assert outcomes[ENDS].restated_cells == 1600
    assert broken == {}


def test_tables_and_columns_that_come_and_go_are_named(two: TwoGenerations) -> None:
    two.change("alter table churn.fct_ends drop column kind")
    two.change("alter table churn.fct_ends add column brand varchar")
    two.tables = tuple(table for table in TABLES if table.name != "dim_plans")
    two.change("drop table core.dim_plans")
    cells, outcomes, broken = two.compare()
    assert outcomes[ENDS].reason == "column brand is new; column kind is gone"
    assert outcomes["core.dim_plans"].outcome == "gone"
    assert cells["core.dim_plans", "(table)", "(row)"]["cause"] == "code_version"
    assert broken == {}


def test_a_table_that_nobody_compared_stops_the_batch(two: TwoGenerations) -> None:
    two.change("create table core.dim_forgotten as select 1 as one")
    _, _, broken = two.compare()
    assert broken == {"every_table_is_accounted_for": ["core.dim_forgotten: not accounted for"]}


def test_rows_in_another_order_are_the_same_rows(two: TwoGenerations) -> None:
    two.change(
        "create or replace table churn.fct_ends as from churn.fct_ends order by line_key desc"
    )
    _, outcomes, _ = two.compare()
    assert outcomes[ENDS].outcome == "unchanged"


def test_a_second_attempt_replaces_the_first(two: TwoGenerations) -> None:
    two.registers = {"ref_plans": "r2"}
    two.change("update core.dim_plans set fee_krw = 31000")
    assert two.compare() == two.compare()
