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
DIGEST = PROJECT_DIR / "macros" / "digest_of_keys.sql"


def rows_that_break(
    test: str, rows: str, columns: Sequence[str], other_keys: Sequence[int] | None = None
) -> int:
    """Number of rows that the test returns on a table of columns a and b.

    `other_keys` are those of a table, column a alone, that should hold the same keys.
    """
    text = DIGEST.read_text("utf-8") + (GENERIC / f"{test}.sql").read_text("utf-8")
    macro = text.replace("{% test", "{% macro").replace("endtest", "endmacro")
    engine = jinja2.Environment(autoescape=False)
    engine.globals["is_test_of_what_arrived"] = lambda: False
    keys_of = {} if other_keys is None else {"keys_of": "other"}
    sql = getattr(engine.from_string(macro).module, test)("given", columns, **keys_of)
    with duckdb.connect() as connection:
        connection.execute(f"create table given as select * from (values {rows}) as given(a, b)")
        for key in other_keys or ():
            connection.execute("create table if not exists other (a bigint)")
            connection.execute("insert into other values (?)", [key])
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


@pytest.mark.parametrize(
    ("rows", "other_keys", "broken"),
    [
        ("(1, 'x'), (2, 'y')", [1, 2], 0),
        # One stands twice in the place of another, as a join may have it: as many rows.
        ("(1, 'x'), (1, 'y'), (3, 'z')", [1, 2, 3], 1),
        ("(2, 'x'), (2, 'y')", [1, 3], 1),
        ("(1, 'x'), (1, 'y'), (2, 'z')", [1, 2], 1),
        ("(null, 'x'), (2, 'y')", [1, 2], 1),
        # Other keys than expected, each once: nothing that a test of a key has to say.
        ("(1, 'x'), (5, 'y')", [1, 2], 0),
        ("(1, 'x')", [1, 2], 0),
    ],
)
def test_a_key_that_another_table_holds_is_still_tested(
    rows: str, other_keys: list[int], broken: int
) -> None:
    assert rows_that_break("one_row_per", rows, ["a"], other_keys) == broken
