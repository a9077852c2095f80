"""The generic dbt tests of the project find what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import jinja2
import pytest

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Sequence

GENERIC = PROJECT_DIR / "tests" / "dbt" / "generic"


def rows_that_break(test: str, rows: str, columns: Sequence[str]) -> int:
    """Number of rows that the test returns on a table of columns a and b."""
    text = (GENERIC / f"{test}.sql").read_text("utf-8")
    macro = text.replace("{% test", "{% macro").replace("endtest", "endmacro")
    sql = getattr(jinja2.Environment(autoescape=False).from_string(macro).module, test)(
        "given", columns
    )
    with duckdb.connect() as connection:
        connection.execute(f"create table given as select * from (values {rows}) as given(a, b)")
        return len(connection.execute(sql).fetchall())


@pytest.mark.parametrize(
    ("test", "rows", "columns", "broken"),
    [
        ("filled", "(1, 'x'), (2, 'y')", ["a", "b"], 0),
        ("filled", "(1, 'x'), (2, null)", ["a", "b"], 1),
        ("filled", "(null, 'x'), (2, null)", ["a", "b"], 2),
        ("filled", "(1, 'x'), (2, null)", ["a"], 0),
        ("one_row_per", "(1, 'x'), (1, 'y')", ["a", "b"], 0),
        ("one_row_per", "(1, 'x'), (1, 'y')", ["a"], 1),
        ("one_row_per", "(1, 'x'), (null, 'y')", ["a"], 1),
        ("one_row_per", "(1, null), (2, null)", ["a", "b"], 2),
        ("one_row_per", "(1, null), (2, 'y')", ["a", "coalesce(b, '')"], 0),
    ],
)
def test_a_generic_test_returns_the_rows_that_break_it(
    test: str, rows: str, columns: list[str], broken: int
) -> None:
    assert rows_that_break(test, rows, columns) == broken
