"""Checksums of tables that do not depend on the order of rows.

Belongs here: one checksum per table over all its columns, and when two of them are the same. Does
not belong here: which tables are compared and what a difference means (equality, restatements).

Rows are hashed by DuckDB and the hashes added up, so that a row that is there twice counts twice.
The hash is DuckDB's own: compare sums of one version of it. Columns of floating numbers may differ
in their last digits from run to run, since sums of them depend on the order of the terms. They are
kept out of the hash and summed with weights taken from the hash of their row, so that a value that
moved to another row is seen; these sums are the same within `TOLERANCE`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

#: Relative difference of sums of floating numbers that is none.
TOLERANCE: Final = 1e-9

_FLOATS: Final = frozenset({"DOUBLE", "FLOAT"})

#: Weights of rows: a prime, so that no pattern of a key repeats in them.
_WEIGHTS: Final = 9973


@dataclass(frozen=True, slots=True)
class FloatSum:
    """A column of floating numbers: values that are not null, their weighted sum, and its size."""

    count: int
    weighted: float
    absolute: float

    def equals(self, other: FloatSum) -> bool:
        """Whether it is the same column up to the order of summing."""
        if self.count != other.count:
            return False
        if math.isfinite(self.absolute) and math.isfinite(other.absolute):
            largest = max(self.absolute, other.absolute)
            return abs(self.weighted - other.weighted) <= TOLERANCE * largest
        # A sum with an infinite or undefined term says nothing of the others.
        return str(self.absolute) == str(other.absolute)


@dataclass(frozen=True, slots=True)
class TableSum:
    """A table: names and types of its columns, rows, sum of the hashes of rows, its float columns.

    Of two tables with equal columns `equals` says whether they hold the same rows.
    """

    columns: tuple[tuple[str, str], ...]
    rows: int
    exact: int
    floats: tuple[FloatSum, ...]

    def equals(self, other: TableSum) -> bool:
        """Whether both tables hold the same rows, floating numbers up to the order of summing."""
        return (self.columns, self.rows, self.exact) == (
            other.columns,
            other.rows,
            other.exact,
        ) and all(mine.equals(its) for mine, its in zip(self.floats, other.floats, strict=True))


def of_table(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, *, database: str = ""
) -> TableSum:
    """Read a table or view once and sum it up.

    Args:
        connection: to a database that has the table, or has it attached.
        schema: schema of the table.
        table: name of the table or view.
        database: name under which its database is attached; empty for the connection's own.

    Returns:
        The sum; one without columns where there is no such table.
    """
    catalog = literal(database) if database else "current_database()"
    columns: list[tuple[str, str]] = connection.execute(
        "select column_name, data_type from duckdb_columns() "  # noqa: S608
        f"where database_name = {catalog} and schema_name = {literal(schema)} "
        f"and table_name = {literal(table)} order by column_name"
    ).fetchall()
    if not columns:
        return TableSum((), 0, 0, ())
    name = quoted(*([database] if database else []), schema, table)
    query = f"select {', '.join(_sums(columns))} from ({_hashed(columns, name)}) as hashed"  # noqa: S608
    ((rows, exact, *floats),) = connection.execute(query).fetchall()
    return TableSum(
        columns=tuple(columns),
        rows=rows,
        exact=int(exact),
        floats=tuple(
            FloatSum(count, weighted, absolute)
            for count, weighted, absolute in zip(
                floats[0::3], floats[1::3], floats[2::3], strict=True
            )
        ),
    )


def _floats(columns: Sequence[tuple[str, str]]) -> list[str]:
    return [quoted(name) for name, kind in columns if kind in _FLOATS]


def _hashed(columns: Sequence[tuple[str, str]], relation: str) -> str:
    exact = [quoted(name) for name, kind in columns if kind not in _FLOATS]
    floats = "".join(f", {name}" for name in _floats(columns))
    return f"select hash({', '.join(exact) or 'null'}) as row_hash{floats} from {relation}"  # noqa: S608


def _sums(columns: Sequence[tuple[str, str]]) -> list[str]:
    sums = ["count(*)", "coalesce(sum(cast(row_hash as hugeint)), 0)"]
    for name in _floats(columns):
        weighted = f"{name} * (1 + row_hash % {_WEIGHTS})"
        sums += [
            f"count({name})",
            f"coalesce(sum({weighted}), 0.0)",
            f"coalesce(sum(abs({weighted})), 0.0)",
        ]
    return sums
