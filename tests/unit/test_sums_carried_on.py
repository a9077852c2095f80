"""A sum that is carried on is what it would be if it were counted anew."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2
import pytest

from orchestration.settings import PROJECT_DIR
from orchestration.sql_text import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

MACRO = PROJECT_DIR / "macros" / "incremental" / "sums_carried_on.sql"
COLUMNS = [
    SimpleNamespace(name="kind", dtype="varchar"),
    SimpleNamespace(name="lines", dtype="bigint"),
    SimpleNamespace(name="won", dtype="bigint"),
]
EMPTY = "select null::varchar as kind, 0::bigint as lines, 0::bigint as won where false"

Row = tuple[str | None, int, int]


def values(rows: Sequence[Row]) -> str:
    """A query of these rows."""
    parts = (
        f"select {literal(kind) if kind else 'null'}, {lines}, {won}" for kind, lines, won in rows
    )
    return " union all ".join((EMPTY, *parts))


def carried_on(stood: Sequence[Row], come: Sequence[Row], gone: Sequence[Row]) -> list[Row]:
    """What the SQL makes of the sums that stood and of what came and went."""
    engine = jinja2.Environment(autoescape=False, undefined=jinja2.StrictUndefined)
    module: Any = engine.from_string(MACRO.read_text("utf-8")).module
    rows = {"stood": values(stood), "come": values(come), "gone": values(gone)}
    sql = module.sums_carried_on(COLUMNS, ["lines", "won"], rows)
    with duckdb.connect() as connection:
        relation = connection.sql(sql)
        assert [str(kind) for kind in relation.types] == ["VARCHAR", "BIGINT", "BIGINT"]
        return sorted(relation.fetchall(), key=str)


@pytest.mark.parametrize(
    ("come", "gone", "holds"),
    [
        ([], [], [("a", 2, 10), (None, 1, 0)]),
        ([("a", 1, 5)], [], [("a", 3, 15), (None, 1, 0)]),
        ([("b", 1, 5)], [("a", 1, 5)], [("a", 1, 5), ("b", 1, 5), (None, 1, 0)]),
        ([], [("a", 2, 10)], [(None, 1, 0)]),
        ([("a", 1, 0)], [("a", 1, 10)], [("a", 2, 0), (None, 1, 0)]),
        ([(None, 2, 1)], [(None, 1, 0)], [("a", 2, 10), (None, 2, 1)]),
    ],
    ids=["nothing", "came", "moved", "left", "worth less", "of no kind"],
)
def test_a_sum_gains_what_comes_and_forgets_what_goes(
    come: list[Row], gone: list[Row], holds: list[Row]
) -> None:
    assert carried_on([("a", 2, 10), (None, 1, 0)], come, gone) == holds
