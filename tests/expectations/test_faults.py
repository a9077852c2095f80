"""Every rule of every suite can fail: on the fault that it is there to find, and only then."""

from __future__ import annotations

import importlib
import re

import duckdb
import pytest

import expectations
from expectations.validate import validate_layer

PLANTED = {
    table: faults
    for layer in expectations.LAYERS
    for table, faults in importlib.import_module(
        f"tests.expectations.faults.{layer}"
    ).FAULTS.items()
}

TABLES = [(layer, table) for layer in expectations.LAYERS for table in expectations.tables(layer)]


def rules(layer: str, table: str) -> list[str]:
    suite = importlib.import_module(expectations.suites(layer)[table])
    return [expectation.description for expectation in suite.expectations()]


@pytest.mark.parametrize(("layer", "table"), TABLES, ids=[table for _, table in TABLES])
def test_every_rule_fails_on_its_fault(layer, table, sample, tmp_path):
    faults = PLANTED.get(table, {})
    assert sorted(faults) == sorted(rules(layer, table)), "a rule without a fault, or the reverse"
    for number, (rule, fault) in enumerate(faults.items()):
        database = sample.copy(layer, tmp_path / str(number))
        with duckdb.connect(str(database)) as connection:
            connection.execute(fault.replace("{t}", table))
        verdict = validate_layer(layer, database, [table])[table]
        outcome = next(outcome for outcome in verdict.outcomes if outcome.rule == rule)
        assert not outcome.passed, f"{rule}: holds in spite of: {fault} ({outcome.observed})"
        assert not outcome.error, f"{rule}: could not be evaluated: {outcome.error}"
        assert rule in verdict.message
        assert not verdict.passed
        database.unlink()


@pytest.mark.parametrize("layer", expectations.LAYERS)
def test_emptied_tables_fail_and_pass_only_when_nothing_was_due(layer, sample, tmp_path):
    excuses = {
        table: getattr(importlib.import_module(module), "EMPTY_WHEN", None)
        for table, module in expectations.suites(layer).items()
    }
    sources = {
        source
        for excuse in filter(None, excuses.values())
        for source in re.findall(r"from (\w+\.\w+)", excuse)
    }
    database = sample.copy(layer, tmp_path)
    emptied = [table for table in excuses if table not in sources]
    empty(database, emptied)
    while_due = validate_layer(layer, database, emptied)
    assert [table for table, verdict in while_due.items() if not verdict.blocking] == []
    assert {verdict.evaluated for verdict in while_due.values()} == {1}
    empty(database, sources)
    when_not = validate_layer(layer, database)
    excused = {table for table, verdict in when_not.items() if verdict.passed}
    assert excused == {table for table, excuse in excuses.items() if excuse}


def empty(database, tables):
    with duckdb.connect(str(database)) as connection:
        for table in tables:
            connection.execute(f"delete from {table}")


def test_no_fault_is_kept_for_a_table_without_a_suite():
    assert set(PLANTED) == {table for _, table in TABLES}
