"""One answer as one file, the same bytes whenever the same is asked.

Belongs here: the order of rows, CSV and Parquet. Does not belong here: what is asked (analyses),
what is said of the file (manifest).
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, Literal

import pyarrow.parquet as pq

from exports.pack import NAMES_OF_PEOPLE, NotExportable
from orchestration.sql import inert
from orchestration.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

Form = Literal["csv", "parquet"]

#: The dialect, for whoever reads it. Lines end as in RFC 4180, which also has a text with a line
#: end of either kind quoted.
CSV_DIALECT: Final = (
    "UTF-8 without mark, comma, double quotes where needed, lines end with CR LF, names first; "
    "empty: unknown; days as YYYY-MM-DD; true and false; texts that a spreadsheet would take for a "
    "formula are preceded by an apostrophe"
)
_ROWS_AT_ONCE: Final = 10_000


def ask(
    connection: duckdb.DuckDBPyConnection, name: str, query: str, key: Sequence[str]
) -> duckdb.DuckDBPyRelation:
    """Ask a query and put its rows in the order of their key.

    Raises:
        NotExportable: a key stands twice, so that the order is not given; or people are named.
    """
    answer = connection.sql(query)
    named = sorted(NAMES_OF_PEOPLE & set(answer.columns))
    if named:
        raise _refused(name, f"names people: {', '.join(named)}", "leave these columns out")
    if not key:
        raise _refused(name, "has no key", "name it in meta.key of the property file")
    columns = ", ".join(map(quoted, key))
    twice = connection.execute(
        f"select {columns} from ({query}\n) as answer "  # noqa: S608
        f"group by {columns} having count(*) > 1 limit 1"
    ).fetchall()
    if twice:
        raise _refused(name, f"has a key twice: {twice[0]}", "mend the query, or meta.key")
    return answer.order(", ".join(f"{quoted(each)} nulls last" for each in key))


def _refused(name: str, what: str, remedy: str) -> NotExportable:
    return NotExportable(f"The query {name} {what}", f"analyses/exports/, {name}.sql", remedy)


def write(answer: duckdb.DuckDBPyRelation, path: Path, form: Form) -> int:
    """Write an answer into a new file; returns its number of rows."""
    return _write_parquet(answer, path) if form == "parquet" else _write_csv(answer, path)


def _write_csv(answer: duckdb.DuckDBPyRelation, path: Path) -> int:
    """Write CSV; DuckDB words the values, and what was no text before is none to a spreadsheet."""
    is_text = [str(kind) == "VARCHAR" for kind in answer.types]
    worded = answer.project(
        ", ".join(f"cast({quoted(name)} as varchar)" for name in answer.columns)
    )
    rows = 0
    with path.open("x", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(answer.columns)
        while found := worded.fetchmany(_ROWS_AT_ONCE):
            writer.writerows(
                [inert(value) if text else value for value, text in zip(row, is_text, strict=True)]
                for row in found
            )
            rows += len(found)
    return rows


def _write_parquet(answer: duckdb.DuckDBPyRelation, path: Path) -> int:
    """Write Parquet, which holds no time of writing; texts are left as they are."""
    rows = 0
    with (
        answer.to_arrow_reader(_ROWS_AT_ONCE * 10) as reader,
        pq.ParquetWriter(path, reader.schema, compression="zstd") as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
