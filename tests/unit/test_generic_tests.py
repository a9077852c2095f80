"""The generic dbt tests of the project find what they are for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2
import pytest

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Sequence

GENERIC = PROJECT_DIR / "tests" / "dbt" / "generic"
MACROS = (
    *("digest_of_keys.sql", "rows_that_break_a_key.sql"),
    *("engine/delivered_values.sql", "engine/expressions.sql"),
)
#: Texts of which DuckDB makes the same fingerprint.
ONE, OTHER = "fee_collected:B000253281@2025-08-31", "fee_collected:B000253288@2025-05-31"
#: Numbers of which it makes fingerprints that share the bits by which they are ordered, no more.
NEAR, NEXT = 12622453, 20500672


def rows_that_break(
    test: str,
    rows: str,
    columns: Sequence[str],
    other_keys: Sequence[int] | None = None,
    parts: Sequence[str] = (),
    *,
    is_large: bool = False,
) -> list[tuple[Any, ...]]:
    """Rows that the test returns on a table of columns a and b.

    `other_keys` are those of a table, its column c alone, that should hold the same keys.
    """
    macros = [(PROJECT_DIR / "macros" / name).read_text("utf-8") for name in MACROS]
    text = "".join(macros) + (GENERIC / f"{test}.sql").read_text("utf-8")
    engine = jinja2.Environment(autoescape=False)
    engine.globals.update({"table_kept_of_test": lambda: None, "return": lambda value: value})
    engine.globals["adapter"] = SimpleNamespace(
        dispatch=lambda name, _: getattr(module, f"default__{name}")
    )
    macro = text.replace("{% test", "{% macro").replace("endtest", "endmacro")
    module: Any = engine.from_string(macro).module
    shortened: dict[str, Any] = {"parts": list(parts)} if parts else {}
    if is_large:
        shortened["is_large"] = True
    if other_keys is not None:
        shortened.update({"keys_of": "other", "keys": ["c"]})
    sql = getattr(module, test)("given", columns, **shortened)
    with duckdb.connect() as connection:
        connection.execute(f"create table given as select * from (values {rows}) as given(a, b)")
        connection.execute("create table other (c bigint)")
        for key in other_keys or ():
            connection.execute("insert into other values (?)", [key])
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("test", "rows", "columns", "broken"),
    [
        ("counted", "(1, 0), (0, 2)", ["a", "b"], 0),
        ("counted", "(1, -1), (2, 3)", ["a", "b"], 1),
        ("counted", "(0, 0), (null, 3)", ["a", "b"], 2),
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
    assert len(rows_that_break(test, rows, columns)) == broken


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
        # Nothing to hold them against.
        ("(1, 'x'), (1, 'y')", [], 1),
    ],
)
def test_a_key_that_another_table_holds_is_still_tested(
    rows: str, other_keys: list[int], broken: int
) -> None:
    assert len(rows_that_break("one_row_per", rows, ["a"], other_keys)) == broken


@pytest.mark.parametrize("other_keys", [None, [], [1, 2], [1, 3]])
@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ("(1, 'x'), (2, 'x'), (1, 'y'), (2, 'y')", set()),
        ("(1, 'x'), (2, 'x'), (1, 'y'), (1, 'y')", {(1, "y", 2)}),
        ("(1, 'x'), (1, 'x'), (1, 'y'), (2, 'y')", {(1, "x", 2)}),
        ("(1, 'x'), (2, 'x'), (1, 'y'), (2, 'y'), (2, 'y')", {(2, "y", 2)}),
        # Both parts are broken, and equal to each other: one of them is told.
        ("(1, 'x'), (1, 'x'), (1, 'y'), (1, 'y')", {(1, "x", 2)}),
        ("(null, 'x'), (2, 'x'), (null, 'y'), (2, 'y')", {(None, "x", 1)}),
        # An empty part is told, whatever its keys are equal to.
        ("(1, 'x'), (2, 'x'), (1, null), (2, null)", {(None, None, 2)}),
        ("(1, null), (2, null)", {(None, None, 2)}),
    ],
)
def test_a_key_is_tested_in_every_part(
    rows: str, other_keys: list[int] | None, broken: set[tuple[Any, ...]]
) -> None:
    found = rows_that_break("one_row_per", rows, ["a", "b"], other_keys, parts=["b"])
    assert set(found) == broken
    assert len(found) == len(broken)


@pytest.mark.parametrize(
    ("rows", "columns", "broken"),
    [
        ("(1, 'x'), (2, 'y')", ["a"], set()),
        ("(1, 'x'), (1, 'y')", ["a", "b"], set()),
        ("(1, 'x'), (2, 'y'), (1, 'y')", ["a"], {(1, 2)}),
        ("(1, 'x'), (2, 'y'), (1, 'x')", ["a", "b"], {(1, "x", 2)}),
        ("(1, 'x'), (null, 'y')", ["a"], {(None, 1)}),
        ("(1, ''), (2, null)", ["a", "b"], {(2, None, 1)}),
        # Two keys of one fingerprint are two keys.
        (f"('{ONE}', 1), ('{OTHER}', 2)", ["a"], set()),
        (f"('{ONE}', 1), ('{OTHER}', 2), ('{ONE}', 3)", ["a"], {(ONE, 2)}),
        (f"({NEAR}, 1), ({NEXT}, 2)", ["a"], set()),
        (f"({NEXT}, 1), ({NEAR}, 2), ({NEXT}, 3)", ["a"], {(NEXT, 2)}),
    ],
)
def test_the_key_of_a_large_table_is_tested(
    rows: str, columns: list[str], broken: set[tuple[Any, ...]]
) -> None:
    assert set(rows_that_break("one_row_per", rows, columns, is_large=True)) == broken


def test_the_fingerprints_that_two_keys_share_are_the_same() -> None:
    found = duckdb.sql(f"select hash('{ONE}') = hash('{OTHER}')").fetchall()
    assert found == [(True,)], "other texts are needed, of one fingerprint in this DuckDB"
    found = duckdb.sql(
        f"select hash({NEAR}) >> 16 = hash({NEXT}) >> 16, hash({NEAR}) = hash({NEXT})"
    ).fetchall()
    assert found == [(True, False)], "other numbers are needed, in this DuckDB"
