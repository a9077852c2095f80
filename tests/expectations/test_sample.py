"""All suites hold on the bundled sample, quickly, and say what they saw."""

from __future__ import annotations

import time

import duckdb
import pytest

import expectations
from expectations import data_docs, outcomes
from expectations.validate import validate_layer

#: Seconds of processor time of this process; about three times what a quiet machine needs.
BUDGET = 12.0

#: Warnings of the sample: its planted faults are never mended, and their owners are overdue.
SHOWN = {
    (
        "reconciliation.fct_quarantined_rows",
        "No row is held for longer than its owner has to mend it",
    )
}


@pytest.fixture(scope="module")
def verdicts(sample):
    started = time.process_time()
    found = {layer: validate_layer(layer, sample.database(layer)) for layer in expectations.LAYERS}
    return found, time.process_time() - started


@pytest.mark.parametrize("layer", expectations.LAYERS)
def test_every_suite_holds(verdicts, layer):
    found = verdicts[0][layer]
    assert list(found) == list(expectations.tables(layer))
    assert [verdict.message for verdict in found.values() if verdict.blocking] == []
    shown = {
        (verdict.table, outcome.rule) for verdict in found.values() for outcome in verdict.failures
    }
    assert shown <= SHOWN


def test_no_table_of_the_sample_is_excused_for_being_empty(verdicts):
    rows = {
        verdict.table: verdict.row_count
        for found in verdicts[0].values()
        for verdict in found.values()
    }
    assert {table for table, count in rows.items() if not count} == set()


def test_the_suites_take_seconds(verdicts):
    assert verdicts[1] < BUDGET


def test_data_docs_of_the_whole_run_are_quick_and_show_no_identifier(verdicts, sample, tmp_path):
    everything = [verdict for found in verdicts[0].values() for verdict in found.values()]
    started = time.process_time()
    text = data_docs.build(everything, tmp_path, "run").read_text(encoding="utf-8")
    assert time.process_time() - started < 2
    assert all(verdict.table in text for verdict in everything)
    with duckdb.connect(str(sample.database("raw")), read_only=True) as connection:
        some = connection.execute(
            "select msisdn, imsi, imei, line_id, customer_id from raw.raw_lines limit 50"
        ).fetchall()
    assert not any(value in text for row in some for value in row if value)


def test_identifiers_that_are_never_shown_are_those_of_the_raw_contract(sample):
    with duckdb.connect(str(sample.database("raw")), read_only=True) as connection:
        delivered = {
            row[0]
            for row in connection.execute(
                "select distinct column_name from duckdb_columns() where schema_name = 'raw'"
            ).fetchall()
        }
    assert delivered & outcomes.DIRECT_IDENTIFIERS == outcomes.DIRECT_IDENTIFIERS - {"iccid"}
