"""The DuckDB in which the rows are made: parameters go in as variables and small tables.

Belongs here: opening, loading parameters, running the scripts of `sql/` in order. Does not belong
here: what the scripts do.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scenarios.generator.progress import Progress

SQL_DIR = Path(__file__).parent / "sql"


def literal(value: object) -> str:
    """Write a value as a SQL literal; raises TypeError for a type that has none here."""
    match value:
        case bool():
            text = "true" if value else "false"
        case dt.datetime():
            text = f"timestamp '{value:%Y-%m-%d %H:%M:%S}'"
        case dt.date():
            text = f"date '{value:%Y-%m-%d}'"
        case int():
            text = str(value)
        case float():
            text = f"cast({value!r} as double)"
        case str():
            text = "'" + value.replace("'", "''") + "'"
        case list():
            text = "[" + ", ".join(literal(item) for item in value) + "]"
        case _:
            raise TypeError(f"no SQL literal for {value!r}")
    return text


class Workshop:
    """One in-memory database, thrown away when the files are written."""

    def __init__(self, spill_dir: Path, memory_limit: str, threads: int | None = None) -> None:
        self.connection = duckdb.connect(":memory:")
        if threads:
            self.connection.execute(f"set threads = {literal(threads)}")
        self.connection.execute(f"set temp_directory = {literal(str(spill_dir))}")
        self.connection.execute(f"set memory_limit = {literal(memory_limit)}")
        self.connection.execute("set enable_progress_bar = false")
        # Joins run as they are written, big relation first: estimates after unions go wrong.
        self.connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
        self.connection.execute("create schema plan")

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def set_variables(self, values: Mapping[str, object]) -> None:
        """Make parameters available to `param('...')`."""
        for name, value in values.items():
            self.connection.execute(f'set variable "{name}" = {literal(value)}')

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Open a second connection for another thread; it knows the rows and the parameters."""
        cursor = self.connection.cursor()
        for name, value in self._variables():
            cursor.execute(f'set variable "{name}" = {literal(value)}')
        return cursor

    def _variables(self) -> list[tuple[str, Any]]:
        names = [
            str(name)
            for (name,) in self.connection.execute("select name from duckdb_variables()").fetchall()
        ]
        values = ", ".join(f"getvariable({literal(name)})" for name in names)
        row = self.connection.execute(f"select {values}").fetchone()
        return list(zip(names, row or (), strict=True))

    def create_table(
        self, name: str, columns: Mapping[str, pa.DataType], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Make a small table from Python rows; an empty one keeps its columns."""
        values = list(zip(*rows, strict=True)) or [() for _ in columns]
        table = pa.table(
            {
                column: pa.array(list(data), type=kind)
                for (column, kind), data in zip(columns.items(), values, strict=True)
            }
        )
        self.connection.register("incoming", table)
        self.connection.execute(f"create table {name} as select * from incoming")  # noqa: S608
        self.connection.unregister("incoming")

    def run(self, script: str, progress: Progress) -> None:
        """Run one script of `sql/`."""
        self.connection.execute((SQL_DIR / script).read_text(encoding="utf-8"))
        progress.say(script.removesuffix(".sql")[3:].replace("_", " "))

    def count(self, relation: str) -> int:
        """Rows of a relation."""
        row = self.connection.execute(f"select count(*) from {relation}").fetchone()  # noqa: S608
        return int(row[0]) if row else 0
