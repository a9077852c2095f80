"""An import that is read twice is not written down by DuckDB first."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2
import pytest

from benchmarks import bare
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


def returned_by(macro: str, *arguments: Any, **known: Any) -> str:
    """What a macro returns where dbt knows these names."""

    def give_back(value: str) -> None:
        raise _Returned(value)

    engine = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    engine.globals.update({"modules": SimpleNamespace(re=re), "return": give_back, **known})
    module: Any = engine.from_string(IMPORTS.read_text("utf-8")).module
    with pytest.raises(_Returned) as returned:
        getattr(module, macro)(*arguments)
    return str(returned.value)


def imports_where_read(sql: str, *tables: str) -> str:
    return returned_by("imports_where_read", sql, tables)


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


def test_the_floor_takes_in_the_imports_that_dbt_takes_in() -> None:
    kinds = ("table", "view", "ephemeral", "seed", "keyed", "incremental")
    nodes: dict[str, dict[str, Any]] = {
        f"model.{kind}": {
            "relation_name": f'"warehouse"."staging"."of (a) {kind}"',
            "config": {"materialized": kind},
        }
        for kind in kinds
    }
    nodes["model.nowhere"] = {"relation_name": None, "config": {"materialized": "table"}}
    imports = [
        f"{kind}_{number} as (\n\n    select * from {nodes[f'model.{kind}']['relation_name']}{end}"
        for kind in kinds
        for number, end in enumerate(("\n\n)", ")", " where line_key < 3\n)", " as it\n)"))
    ]
    sql = f"with {', '.join(imports)} select 1"
    model = {"depends_on": {"nodes": [*nodes, "source.unknown"]}}

    by_dbt = returned_by(
        "tables_where_read", sql, model=model, graph={"nodes": nodes}, execute=True
    )

    assert re.findall(r"(\w+) as not materialized", by_dbt) == [
        f"{kind}_{number}"
        for kind in ("table", "seed", "keyed", "incremental")
        for number in (0, 1)
    ]
    assert bare.tables_where_read(sql, model, nodes) == by_dbt
