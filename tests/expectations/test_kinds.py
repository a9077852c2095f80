"""Every kind of expectation in use gives the right answer on DuckDB: on sound data and on faults.

Great Expectations has no engine for DuckDB; through a dialect that misleads it, kinds fail or hold
without a word. So each kind meets data of which the answer is known.
"""

from __future__ import annotations

import ast

import duckdb
import pytest
from pydantic.v1 import ValidationError

import expectations
from expectations import kinds, reader
from orchestration.settings import PROJECT_DIR as ROOT

#: kind -> (arguments under which the table below holds, SQL of a fault, what is observed then)
CASES = {
    "ExpectAggregateToBeBetween": (
        {"sql_aggregate": "sum(paid) / cast(sum(charged) as double)", "max_value": 1},
        "update charges set paid = charged * 2",
        "2",
    ),
    "ExpectColumnMeanToBeBetween": (
        {"column": "charged", "min_value": 100, "max_value": 1000},
        "update charges set charged = charged * 1000",
        "550,000",
    ),
    "ExpectColumnPairValuesAToBeGreaterThanB": (
        {"column_A": "charged", "column_B": "paid", "or_equal": True},
        "update charges set paid = charged + 1 where charge_id in (3, 4)",
        "2 of 10 rows",
    ),
    "ExpectColumnProportionOfNonNullValuesToBeBetween": (
        {"column": "region", "min_value": 0.9, "max_value": 1},
        "update charges set region = null where charge_id < 5",
        "0.5",
    ),
    "ExpectColumnUniqueValueCountToBeBetween": (
        {"column": "region", "min_value": 2},
        "update charges set region = 'north'",
        "1",
    ),
    "ExpectColumnValuesToBeBetween": (
        {"column": "charged", "min_value": 1, "max_value": 1000},
        "update charges set charged = -charged where charge_id = 7",
        "1 of 10 rows",
    ),
    "ExpectNoRowsFrom": (
        {
            "query": "select charges.charge_id, limits.most from {batch} as charges "
            "inner join other.limits as limits on charges.charged > limits.most"
        },
        "update charges set charged = 5000 where charge_id = 7",
        "1 row",
    ),
    "ExpectNoRowsWhere": (
        {"condition": "paid > charged and region like '%th'"},
        "update charges set paid = charged + 1 where charge_id in (3, 4)",
        "2 rows",
    ),
    "ExpectShareToBeBetween": (
        {"condition": "paid = 0", "among": "region = 'north'", "max_value": 0.5},
        "update charges set paid = 0",
        "1",
    ),
}


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema staging")
        connection.execute("create schema other")
        connection.execute("create table other.limits as select 1000 as most")
        connection.execute(
            "create table staging.charges as select range as charge_id, "
            "(range + 1) * 100 as charged, (range + 1) * 90 as paid, "
            "case when range % 2 = 0 then 'north' else 'south' end as region from range(10)"
        )
    return path


@pytest.fixture
def outcome_of(database, judge):
    """What one rule of a kind finds in the table."""

    def outcome_of(kind, **arguments):
        rule = getattr(kinds, kind)(description="A rule", severity=kinds.CRITICAL, **arguments)
        (outcome,) = judge(database, "staging.charges", [rule], KEYS=("charge_id",)).outcomes
        return outcome

    return outcome_of


@pytest.mark.parametrize("kind", CASES)
def test_a_kind_holds_on_sound_data_and_finds_the_fault(kind, database, outcome_of):
    arguments, fault, observed = CASES[kind]
    assert outcome_of(kind, **arguments).passed
    with duckdb.connect(str(database)) as connection:
        connection.execute(fault.replace("charges", "staging.charges"))
    outcome = outcome_of(kind, **arguments)
    assert (outcome.passed, outcome.error, outcome.observed) == (False, "", observed)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("ExpectColumnPairValuesAToBeGreaterThanB", ["3", "4"]),
        ("ExpectColumnValuesToBeBetween", ["7"]),
        ("ExpectNoRowsFrom", ["7"]),
        ("ExpectNoRowsWhere", ["3", "4"]),
    ],
)
def test_a_broken_rule_names_its_rows(kind, rows, database, outcome_of):
    arguments, fault, _ = CASES[kind]
    with duckdb.connect(str(database)) as connection:
        connection.execute(fault.replace("charges", "staging.charges"))
    outcome = outcome_of(kind, **arguments)
    assert [row["charge_id"] for row in outcome.rows] == rows


@pytest.mark.parametrize("kind", CASES)
def test_a_kind_works_on_a_view(kind, database, outcome_of):
    arguments, fault, _ = CASES[kind]
    with duckdb.connect(str(database)) as connection:
        connection.execute(fault.replace("charges", "staging.charges"))
        connection.execute("alter table staging.charges rename to delivered")
        connection.execute("create view staging.charges as select * from staging.delivered")
    outcome = outcome_of(kind, **arguments)
    assert not outcome.passed
    assert not outcome.error


def test_every_kind_in_use_is_proved_here():
    used = set()
    for layer in expectations.LAYERS:
        for module in expectations.suites(layer).values():
            tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
            used |= {
                node.func.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr.startswith("Expect")
            }
    assert used == set(CASES)
    assert {name for name in kinds.__all__ if name.startswith("Expect")} == used


@pytest.mark.parametrize("kind", ["ExpectColumnValuesToBeBetween", "ExpectColumnMeanToBeBetween"])
def test_a_column_of_nothing_is_not_sound(kind, database, outcome_of):
    arguments, _, _ = CASES[kind]
    with duckdb.connect(str(database)) as connection:
        connection.execute("update staging.charges set charged = null")
    assert not outcome_of(kind, **arguments).passed


def test_no_value_fails_unless_it_is_said_to_be_plausible(outcome_of):
    nothing = {"sql_aggregate": "avg(paid) filter (where charged < 0)", "max_value": 1}
    assert not outcome_of("ExpectAggregateToBeBetween", **nothing).passed
    nothing["none_is_plausible"] = True
    assert outcome_of("ExpectAggregateToBeBetween", **nothing).passed


@pytest.mark.parametrize(("least", "passed"), [(1, False), (10, False), (11, True)])
def test_a_share_of_few_rows_says_nothing(least, passed, outcome_of):
    outcome = outcome_of(
        "ExpectShareToBeBetween",
        condition="paid < 0",
        min_value=0.5,
        least_rows=least,
    )
    assert outcome.passed is passed
    assert outcome.observed == ("too few rows to judge" if passed else "0")


def test_a_share_among_no_rows_is_not_sound(outcome_of):
    outcome = outcome_of(
        "ExpectShareToBeBetween",
        condition="paid > 0",
        among="region = 'east'",
        min_value=0.5,
    )
    assert not outcome.passed


def test_a_null_does_not_meet_a_condition(database, outcome_of):
    with duckdb.connect(str(database)) as connection:
        connection.execute("update staging.charges set paid = null")
    assert outcome_of("ExpectNoRowsWhere", condition="paid > charged").passed


def test_evidence_is_bounded(database, outcome_of):
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into staging.charges select range, 1, 2, 'east' from range(500)")
    rule = {"condition": "region = 'east'"}
    outcome = outcome_of("ExpectNoRowsWhere", **rule)
    assert outcome.observed == "500 rows"
    assert len(outcome.rows) == kinds.EVIDENCE_ROWS
    query = "select charge_id from {batch} where region = 'east'"
    outcome = outcome_of("ExpectNoRowsFrom", query=query)
    assert outcome.observed == f"more than {kinds.EVIDENCE_ROWS} rows"
    assert len(outcome.rows) == kinds.EVIDENCE_ROWS


def test_a_range_without_bounds_is_refused():
    with pytest.raises(ValidationError, match="nothing can fail"):
        kinds.ExpectAggregateToBeBetween(sql_aggregate="count(*)")


def test_a_query_that_does_not_read_the_table_is_refused():
    with pytest.raises(ValidationError, match="says nothing about this table"):
        kinds.ExpectNoRowsFrom(query="select 1 from other.limits")


def test_rules_of_a_table_share_one_scan(database, judge, monkeypatch):
    statements = []
    execute = reader.duckdb_dialect.ReadOnlyCursor.execute

    def listen(cursor, statement, parameters=None):
        statements.append(statement)
        return execute(cursor, statement, parameters)

    monkeypatch.setattr(reader.duckdb_dialect.ReadOnlyCursor, "execute", listen)
    rules = [
        kinds.ExpectNoRowsWhere(condition=f"charged < -{number}", description=f"Rule {number}")
        for number in range(5)
    ] + [
        kinds.ExpectShareToBeBetween(
            condition=f"paid > {number}", min_value=0, description=f"Share {number}"
        )
        for number in range(5)
    ]
    assert judge(database, "staging.charges", rules).passed
    scans = [text for text in statements if "filter" in text]
    assert len(scans) == 1, scans
