"""The figures that a batch shows: numbers, also where there is nothing to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from orchestration.key_figures import key_figures

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_paid_and_nothing_claimed_are_told_in_numbers(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as connection:
        for table, column in {
            "compensation.fct_ledger_entries": "entry_id varchar",
            "compensation.fct_refund_positions": "outstanding_krw bigint",
            "reconciliation.rpt_published_claims": "verdict varchar",
            "reconciliation.rpt_batch_conservation": "delivered bigint, quarantined bigint",
        }.items():
            connection.execute(f"create schema if not exists {table.partition('.')[0]}")
            connection.execute(f"create table {table} ({column})")
    told = {figure.name: figure.value for figure in key_figures(tmp_path / "empty.duckdb")}
    assert told == {
        "books of the compensation": "0 entries, owed and not paid 0 won",
        "rows delivered": "0, in quarantine 0",
    }
