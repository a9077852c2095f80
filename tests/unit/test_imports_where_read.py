"""An import that is read twice is not written down by DuckDB first."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2
import pytest

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPORTS = PROJECT_DIR / "macros" / "engine" / "imports.sql"
READ_TWICE = """
with lines as (

    select * from "memory"."main"."lines"{where}

),

ends as (select max(line_key) as line_key from lines)

select count(*) as lines
from lines
inner join ends
    on lines.line_key = ends.line_key
"""


class _Returned(Exception):  # noqa: N818 - how a macro of dbt returns
    """What a macro gave back."""


def imports_where_read(sql: str, *tables: str) -> str:
    def give_back(value: str) -> None:
        raise _Returned(value)

    engine = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    engine.globals.update({"modules": SimpleNamespace(re=re), "return": give_back})
    module: Any = engine.from_string(IMPORTS.read_text("utf-8")).module
    with pytest.raises(_Returned) as returned:
        module.imports_where_read(sql, tables)
    return str(returned.value)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("create table lines as select range as line_key from range(100000)")
        yield opened


def is_written_down(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    return "CTE_SCAN" in str(connection.execute(f"explain {sql}").fetchall())


def test_a_table_that_is_read_twice_is_scanned_twice(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    sql = READ_TWICE.format(where="")
    taken_in = imports_where_read(sql, '"memory"."main"."lines"')

    assert is_written_down(connection, sql), "the macro is for nothing"
    assert not is_written_down(connection, taken_in)
    assert connection.execute(taken_in).fetchall() == connection.execute(sql).fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("where", "tables"),
    [
        # What is filtered, by the keys in scope say, is small.
        (" where line_key < 3", ['"memory"."main"."lines"']),
        # A view would be worked out twice: it is not among the tables.
        ("", []),
        ("", ['"memory"."main"."line"', '"memory"."other"."lines"']),
    ],
)
def test_what_is_filtered_and_what_is_no_table_stays_as_it_is(
    where: str, tables: list[str]
) -> None:
    sql = READ_TWICE.format(where=where)

    assert imports_where_read(sql, *tables) == sql
