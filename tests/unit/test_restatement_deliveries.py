"""What batches brought is read from the rows in scope, where these hold all of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.restatement_deliveries import TOUCHED, Deliveries

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Line 1 is delivered anew with another fee; of line 2 nothing came.
_WORK = """
    attach ':memory:' as work;
    create schema work.raw; create schema work.staging;
    create schema work.restricted; create schema work.scope;
    create table work.staging.stg_operator__lines (
        line_id varchar, fee_krw bigint, activated_on date
    );
    create table work.restricted.stg_operator__line_vault as
        select 'L' || range as line_id, range as line_key from range(1, 4);
    create table work.scope.line_keys as select 1 as line_key;
    create table work.restricted.stg_operator__lines_exceptions as
        select * from (values
            ('L1', date '2026-01-04', '2026-01-04/lines.csv', 1, 'superseded'),
            ('L1', date '2026-01-05', '2026-01-05/lines.csv', 1, 'accepted')
        ) as versions (natural_id, delivered_on, source_file, source_row, status);
    create table work.raw.raw_lines as
        select * from (values
            ('L1', '100', '2025-12-01', '2026-01-04/lines.csv', 1),
            ('L2', '200', '2025-12-01', '2026-01-04/lines.csv', 2),
            ('L1', '150', '2025-12-01', '2026-01-05/lines.csv', 1)
        ) as delivered (line_id, fee_krw, activated_on, source_file, source_row);
    create table work.raw.lines_in_scope as from work.raw.raw_lines where line_id = 'L1';
    create table work.raw.raw_batch_files as
        select * from (values ('2026-01-04', 'lines', '2'), ('2026-01-05', 'lines', '1'))
        as files (batch_date, entity, row_count);
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(_WORK)
        yield made


def touched(
    connection: duckdb.DuckDBPyConnection, batches: tuple[str, ...], *, is_built_on: bool = True
) -> list[tuple[object, ...]]:
    known_to = dt.date(2026, 1, 4)
    found = Deliveries(connection, "landing", batches, known_to, is_built_on=is_built_on)
    found.bring(["lines"])
    return connection.execute(
        f"select line_key, is_correction, delivered_on from {TOUCHED} order by all"
    ).fetchall()


def test_the_rows_in_scope_say_the_same(connection: duckdb.DuckDBPyConnection) -> None:
    by_scope = touched(connection, ("2026-01-05",))
    assert by_scope == [(1, True, dt.date(2026, 1, 5))]
    assert by_scope == touched(connection, ("2026-01-05",), is_built_on=False)


def test_all_delivered_rows_are_left_unread(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("update work.raw.raw_lines set fee_krw = '150'")
    assert touched(connection, ("2026-01-05",)) == [(1, True, dt.date(2026, 1, 5))]
    assert touched(connection, ("2026-01-05",), is_built_on=False)[0][1] is False


def test_a_batch_that_got_a_further_file_is_read_whole(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Line 2 came with a file that was there before: it is not in scope, and of this batch."""
    lines = {line for line, *_ in touched(connection, ("2026-01-04", "2026-01-05"))}
    assert lines == {1, 2}
