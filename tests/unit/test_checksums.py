"""A checksum tells whether two tables hold the same rows, in whatever order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import checksums

if TYPE_CHECKING:
    from orchestration.checksums import TableSum

ROWS = "(1, 'a', 0.1, date '2026-01-01'), (2, 'b', 0.2, null), (2, 'b', 0.2, null)"


def total(rows: str, columns: str = "key, code, share, day") -> TableSum:
    with duckdb.connect() as connection:
        connection.execute(
            f"create table t as select key, code, cast(share as double) as share, day "
            f"from (values {rows}) as given({columns})"
        )
        return checksums.of_table(connection, "main", "t")


def test_the_order_of_rows_does_not_matter() -> None:
    turned = ", ".join(reversed(ROWS.split("), ("))).replace("(", "").replace(")", "")
    cells = [cell.strip() for cell in turned.split(",")]
    rows = ", ".join(f"({', '.join(cells[at : at + 4])})" for at in range(0, len(cells), 4))
    assert rows != ROWS
    assert total(rows).equals(total(ROWS))


@pytest.mark.parametrize(
    "rows",
    [
        ROWS.replace("'a'", "'c'"),
        ROWS.replace("(2, 'b', 0.2, null), ", "", 1),
        f"{ROWS}, (2, 'b', 0.2, null)",
        ROWS.replace("date '2026-01-01'", "null"),
        ROWS.replace("0.1", "0.1000001"),
        ROWS.replace("0.1", "null"),
        # The same numbers, but on other rows.
        ROWS.replace("0.1", "x").replace("0.2", "0.1", 1).replace("x", "0.2"),
    ],
)
def test_any_other_row_does(rows: str) -> None:
    assert not total(rows).equals(total(ROWS))


def test_a_column_of_another_type_is_another_table() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t as select 1 as key")
        connection.execute("create table u as select cast(1 as bigint) as key")
        assert not checksums.of_table(connection, "main", "t").equals(
            checksums.of_table(connection, "main", "u")
        )


def test_the_last_digits_of_floating_numbers_are_not_compared() -> None:
    assert total(ROWS.replace("0.1", "0.10000000000000001")).equals(total(ROWS))
    assert total(ROWS.replace("0.2", "0.20000000000001")).equals(total(ROWS))
