"""An import that asks for keys in scope reads what the batch built, and no other import does."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from orchestration.settings import PROJECT_DIR

MACROS = PROJECT_DIR / "macros" / "engine" / "built_in_scope.sql"
LINES = '"warehouse"."staging"."lines"'
MARK = "/* keys in scope */"
BUILT = {LINES: "scope.built_lines"}


class _Returned(Exception):  # noqa: N818 - how a macro of dbt returns
    """What a macro gave back."""


def imports_of_built(sql: str, *, is_asked: bool) -> str:
    def give_back(value: str) -> None:
        raise _Returned(value)

    engine = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    engine.globals.update({"modules": SimpleNamespace(re=re), "return": give_back})
    module: Any = engine.from_string(MACROS.read_text("utf-8")).module
    with pytest.raises(_Returned) as returned:
        module.imports_of_built(sql, BUILT, is_asked)
    return str(returned.value)


@pytest.mark.parametrize(
    ("asked", "is_taken"),
    [
        (f"\n    where line_key in ({MARK}\n    select line_key from scope.line_keys)", True),
        (f"\n    where line_id in (\n    {MARK} select line_id from raw.lines_in_scope)", True),
        (f" where natural_id is null or natural_id in ({MARK} select id from ids)", True),
        ("", False),
        ("\n    where plan_code in (select plan_code from plans)", False),
        ("\n    where line_key in (1, 2)", False),
        ("\n    where ended_on is null", False),
    ],
)
def test_an_import_reads_what_was_built_where_it_asks_for_keys(
    asked: str, *, is_taken: bool
) -> None:
    taken = imports_of_built(f"select * from {LINES}{asked}", is_asked=True)
    assert taken == f"select * from {'scope.built_lines' if is_taken else LINES}{asked}"


def test_a_view_of_what_was_built_reads_nothing_else_of_it() -> None:
    sql = f'with lines as (select * from {LINES}), carriers as (select * from "lines"."lines")'
    assert imports_of_built(sql, is_asked=False) == sql.replace(LINES, "scope.built_lines")
