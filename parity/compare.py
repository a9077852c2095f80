"""Two tables that should be the same, compared by key, cell by cell, inside DuckDB.

Belongs here: the comparison and its words. Does not belong here: building tables, finding files.

Everything is compared exactly but floating numbers, which engines add up in another order: they are
equal within `TOLERANCE` of the larger of the two. Money is whole won and never within anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

#: Of the larger of two floating numbers.
TOLERANCE: Final = 1e-9
_EXAMPLES: Final = 3
_FLOATS: Final = frozenset({"DOUBLE", "FLOAT"})
#: What one engine calls otherwise.
_OF_SPARK: Final = {"timestamp_ntz": "timestamp"}
_CALLED: Final = {"HUGEINT": "DECIMAL(38,0)", "TIMESTAMP_S": "TIMESTAMP", "FLOAT": "DOUBLE"}


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not the same: where, and both sides in words."""

    table: str
    what: str

    def __str__(self) -> str:
        return f"{self.table}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison of a table found; `checksums` cover all columns but floating ones."""

    table: str
    rows: tuple[int, int]
    checksums: tuple[str, str]
    differences: tuple[Difference, ...]


def compare(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    relations: tuple[str, str],
    key: Sequence[str],
    *,
    names: tuple[str, str] = ("DuckDB", "Spark"),
) -> Verdict:
    """Compare two relations.

    Args:
        connection: where both can be read.
        table: what readers call it.
        relations: SQL of either side, as it may stand after `from`.
        key: expressions that name a row.
        names: of the two sides.
    """
    columns = [_columns(connection, relation) for relation in relations]
    found = [
        f"{name} has no column {column}"
        for name, has, other in ((names[0], *columns), (names[1], *columns[::-1]))
        for column in other
        if column not in has
    ]
    shared = [column for column in columns[0] if column in columns[1]]
    found += [
        f"column {column} is {columns[0][column]} on {names[0]}, {columns[1][column]} on {names[1]}"
        for column in shared
        if columns[0][column] != columns[1][column]
    ]
    rows, checksums = zip(
        *(_measured(connection, relation, shared, columns[0]) for relation in relations),
        strict=True,
    )
    if not found:
        found = _keys(connection, relations, key, names)
    if not found:
        found = _cells(connection, relations, key, columns[0], names)
    return Verdict(
        table=table,
        rows=(rows[0], rows[1]),
        checksums=(checksums[0], checksums[1]),
        differences=tuple(Difference(table, what) for what in found),
    )


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = connection.execute(f"describe select * from {relation}").fetchall()  # noqa: S608
    return {name: _CALLED.get(kind, kind) for name, kind, *_ in described}


def _measured(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    types: dict[str, str],
) -> tuple[int, str]:
    exact = ", ".join(
        f"cast({quoted(column)} as {types[column]})"
        for column in sorted(columns)
        if types[column] not in _FLOATS
    )
    row = f"hash({exact})" if exact else "0"
    [(count, checksum)] = connection.execute(
        f"select count(*), coalesce(sum({row}), 0) % 18446744073709551616 from {relation}"  # noqa: S608
    ).fetchall()
    return count, f"{int(checksum):016x}"


def _keys(
    connection: duckdb.DuckDBPyConnection,
    relations: tuple[str, str],
    key: Sequence[str],
    names: tuple[str, str],
) -> list[str]:
    """Word keys that are there twice, or on one side alone."""
    parts = ", ".join(key)
    found = []
    for relation, name in zip(relations, names, strict=True):
        twice = connection.execute(
            f"select {parts}, count(*) from {relation} group by all having count(*) > 1 "  # noqa: S608
            f"order by all limit {_EXAMPLES}"
        ).fetchall()
        found += [f"{name} has {row[-1]} rows of the key {row[:-1]}" for row in twice]
    for here, there, name, other in ((0, 1, *names), (1, 0, *names[::-1])):
        query = (
            f"select {parts} from {relations[here]} except select {parts} from {relations[there]}"  # noqa: S608
        )
        [(count,)] = connection.execute(f"select count(*) from ({query})").fetchall()  # noqa: S608
        if count:
            first = connection.execute(f"{query} order by all limit {_EXAMPLES}").fetchall()
            found.append(f"{count:,} keys on {name} and not on {other}: {_listed(first)}")
    return found


def _cells(
    connection: duckdb.DuckDBPyConnection,
    relations: tuple[str, str],
    key: Sequence[str],
    types: dict[str, str],
    names: tuple[str, str],
) -> list[str]:
    """Word the columns in which rows of one key are not the same, and the first of these rows."""
    differs = {
        column: _differs(f"a.{quoted(column)}", f"b.{quoted(column)}", kind)
        for column, kind in types.items()
    }
    numbered = ", ".join(f"{part} as k{index}" for index, part in enumerate(key))
    joined = " and ".join(
        f"a.k{index} is not distinct from b.k{index}" for index in range(len(key))
    )
    sides = (
        f"(select *, {numbered} from {relations[0]}) as a "  # noqa: S608
        f"inner join (select *, {numbered} from {relations[1]}) as b on {joined}"
    )
    counts = ", ".join(f"count(*) filter (where {condition})" for condition in differs.values())
    [counted] = connection.execute(f"select {counts} from {sides}").fetchall()  # noqa: S608
    found = []
    for (column, condition), count in zip(differs.items(), counted, strict=True):
        if count:
            keys = ", ".join(f"a.k{index}" for index in range(len(key)))
            examples = connection.execute(
                f"select {keys}, a.{quoted(column)}, b.{quoted(column)} from {sides} "  # noqa: S608
                f"where {condition} order by {keys} limit {_EXAMPLES}"
            ).fetchall()
            shown = "; ".join(
                f"{row[:-2]} {names[0]} {row[-2]!s}, {names[1]} {row[-1]!s}" for row in examples
            )
            found.append(f"column {column} differs in {count:,} rows: {shown}")
    return found


def _differs(one: str, other: str, kind: str) -> str:
    if kind not in _FLOATS:
        return f"{one} is distinct from {other}"
    near = f"abs({one} - {other}) <= {TOLERANCE} * greatest(abs({one}), abs({other}))"
    return f"({one} is distinct from {other} and coalesce(not {near}, true))"


def _listed(rows: Sequence[tuple[object, ...]]) -> str:
    return ", ".join(str(row) for row in rows)


def parquet(files: Sequence[str], columns: Sequence[tuple[str, str]]) -> str:
    """Write the relation of a table of Spark that stands in Parquet files.

    Args:
        files: none for a table without rows.
        columns: names, and types as Spark calls them.
    """
    if files:
        return f"read_parquet([{', '.join(literal(file) for file in files)}])"
    empty = ", ".join(
        f"cast(null as {_OF_SPARK.get(kind, kind)}) as {quoted(name)}" for name, kind in columns
    )
    return f"(select {empty} where false)"
