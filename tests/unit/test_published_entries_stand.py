"""The guard of published entries: silent where entries were added, outspoken where one differs.

Belongs here: what the data test says of two small tables. Does not belong here: how the ledger
comes about; tests/unit/test_ledger.py asks the same guard of generated histories.
"""

from __future__ import annotations

import duckdb
import pytest

from tests.unit.oracles.fees_and_eligibility_sql import INPUTS, compiled_models

GUARD = "every_published_entry_stands_as_it_was"
COLUMNS = INPUTS["published.ledger_entries"]
ENTRIES_NOW = "candidate.compensation.fct_ledger_entries"
NEW = "entry_id || ' again' as entry_id"
ENTRIES = """
    select
        'e' || n, null, null, 'fee_charged', false,
        case when n = 4 then 'fee_collected:B000253281@2025-08-31' end, 's' || n,
        date '2026-03-01' + cast(n // 3 as integer), date '2026-03-01' + cast(n // 3 as integer),
        null, n, null, 1000 * n, 'receivable', 'none', 'income', 'none'
    from range(1, 10) as numbers(n)
"""


def told(change: str) -> list[str]:
    """Entries that the guard names once the entries of this generation were changed."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; attach ':memory:' as candidate")
        for table in (ENTRIES_NOW, "warehouse.published.ledger_entries"):
            connection.execute(f"create schema {table.rpartition('.')[0]}")
            connection.execute(f"create table {table} ({COLUMNS})")
            connection.execute(f"insert into {table} {ENTRIES}")
        connection.execute("use candidate.compensation")
        connection.execute(change)
        connection.execute("use warehouse")
        return sorted(row[0] for row in connection.execute(compiled_models()[GUARD]).fetchall())


@pytest.mark.parametrize(
    "change",
    [
        "select 1",
        f"insert into fct_ledger_entries select * replace ({NEW}, date '2026-03-09' as known_from) "
        "from fct_ledger_entries",
        # News of a day that has published entries already.
        f"insert into fct_ledger_entries select * replace ({NEW}) from fct_ledger_entries",
    ],
)
def test_entries_may_be_added(change: str) -> None:
    assert told(change) == []


@pytest.mark.parametrize("column", [column.split()[0] for column in COLUMNS.split(", ")])
def test_no_column_may_differ(column: str) -> None:
    other = {
        "is_reversal": "true",
        "line_key": "77",
        "amount_krw": "amount_krw + 1",
        "posted_on": "posted_on + 1",
        "known_from": "known_from + 1",
    }.get(column, "'other'")
    assert told(f"update fct_ledger_entries set {column} = {other} where entry_id = 'e4'") == ["e4"]


@pytest.mark.parametrize(
    ("change", "entries"),
    [
        ("delete from fct_ledger_entries where entry_id = 'e4'", ["e4"]),
        # As many entries of the day, and of the same amount in all.
        (
            "update fct_ledger_entries set amount_krw = 9000 - amount_krw "
            "where entry_id in ('e4', 'e5')",
            ["e4", "e5"],
        ),
        # One stands twice in the place of another.
        ("update fct_ledger_entries set entry_id = 'e5' where entry_id = 'e4'", ["e4"]),
        # A whole day is gone.
        ("delete from fct_ledger_entries where entry_id in ('e3', 'e4', 'e5')", ["e3", "e4", "e5"]),
        # An empty text is not the same as none.
        ("update fct_ledger_entries set policy_version = '' where entry_id = 'e4'", ["e4"]),
        # Another entry is named, of one fingerprint with the first.
        (
            "update fct_ledger_entries set "
            "reverses_entry_id = 'fee_collected:B000253288@2025-05-31' where entry_id = 'e4'",
            ["e4"],
        ),
        # What moves from one column into the next.
        (
            "update fct_ledger_entries set debit_treatment = credit_account, "
            "credit_account = debit_treatment where entry_id = 'e4'",
            ["e4"],
        ),
    ],
)
def test_an_entry_that_does_not_stand_is_told(change: str, entries: list[str]) -> None:
    assert told(change) == entries
