"""Models rendered without dbt and run on tables of a few rows in memory.

Belongs here: what `ref` and the few dbt macros mean in a database without schemas. Does not belong
here: inputs, expectations, and models that read raw relations.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROJECT_DIR = Path(__file__).resolve().parents[3]

#: Folders whose macros models use; of those that read raw relations only what is called is run.
MACRO_FOLDERS = (".", "churn", "compensation", "engine", "staging")

#: Day of the one clock, for models that ask for it themselves.
AS_OF = "2030-12-31"

Row = dict[str, Any]


class _Adapter:
    """The choice of an engine's macro, which here is DuckDB."""

    @staticmethod
    def dispatch(name: str, _: str) -> Any:
        return _macros()[f"default__{name}"]


class _DbtMacros:
    """The cross-database macros of dbt that the models use, as DuckDB has them."""

    @staticmethod
    def datediff(first: str, second: str, part: str) -> str:
        return f"date_diff('{part}', {first}, {second})"


@functools.cache
def rendered(model: str) -> str:
    """SQL of a model; every relation stands under its own name."""
    (path,) = (PROJECT_DIR / "models").rglob(f"{model}.sql")
    return rendered_text(path.read_text("utf-8"))


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=False, extensions=["jinja2.ext.do"]
    )
    environment.globals.update(
        ref=lambda name: name,
        adapter=_Adapter,
        dbt=_DbtMacros,
        config=lambda **_: "",
        var=lambda _: AS_OF,
        # Here every model is built whole.
        in_scope=lambda *_: "",
        is_scoped=lambda: False,
        execute=True,
        **{"return": lambda value: value},
    )
    return environment


@functools.cache
def _macros() -> dict[str, Any]:
    """Every macro by its name; compiled once, since that takes longer than any model."""
    text = "".join(
        p.read_text("utf-8")
        for folder in MACRO_FOLDERS
        for p in sorted((PROJECT_DIR / "macros" / folder).glob("*.sql"))
    )
    return {
        name: value
        for name, value in vars(_environment().from_string(text).module).items()
        if not name.startswith("_")
    }


def rendered_text(text: str) -> str:
    """SQL of a text with macros and `ref`s in it."""
    return _environment().from_string(text).render(_macros())


class Tables:
    """A database in memory whose tables are filled anew for every case."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        """Create the inputs; `columns` maps a relation to its column definitions."""
        self._connection = duckdb.connect()
        self._columns = {
            name: [column.split()[0] for column in definitions.split(", ")]
            for name, definitions in columns.items()
        }
        for name, definitions in columns.items():
            self._connection.execute(f"create table {name} ({definitions})")

    def columns(self, name: str) -> list[str]:
        """Columns of an input, in order."""
        return self._columns[name]

    def fill(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Replace the rows of all inputs; an input left out is empty, a column left out is null."""
        for name, columns in self._columns.items():
            self._connection.execute(f"delete from {name}")
            values = [row.get(column) for row in rows.get(name, ()) for column in columns]
            if values:
                # One statement for all rows: one per row takes most of a test's time.
                marks = f"({', '.join('?' for _ in columns)})"
                every = ", ".join(marks for _ in rows[name])
                self._connection.execute(f"insert into {name} values {every}", values)

    def fill_many(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """As `fill`, for thousands of rows at once."""
        for name, columns in self._columns.items():
            self._connection.execute(f"delete from {name}")
            if rows.get(name):
                many = pa.table({c: [row.get(c) for row in rows[name]] for c in columns})
                self._connection.register("many_rows", many)
                self._connection.execute(f"insert into {name} select * from many_rows")
                self._connection.unregister("many_rows")

    def build(self, *models: str) -> list[Row]:
        """Build the models in this order and hand back the rows of the last."""
        for model in models:
            self._connection.execute(f"create or replace table {model} as {rendered(model)}")
        return self.rows(f"select * from {models[-1]}")

    def rows(self, query: str) -> list[Row]:
        """Rows of a query on inputs and models built so far."""
        relation = self._connection.execute(query)
        names = [column[0] for column in relation.description]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
