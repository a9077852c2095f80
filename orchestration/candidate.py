"""The candidate on its way to a generation: completed, and read back before anyone may see it.

Belongs here: what is inside the file. Does not belong here: where the file goes (publishing)
and what the marts mean (models).
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from orchestration import clock
from orchestration.errors import DatabaseLocked, NotPublishable
from orchestration.settings import PROJECT_DIR, environment_without_keys
from orchestration.sql_text import literal, literals, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

#: Schemas that a generation must have, each with at least one row in some table, except where
#: nothing can be known yet (`_nothing_known_yet`).
SCHEMAS: Final = ("core", "churn", "compensation", "incident", "reconciliation")

#: What a generation says of itself: column, type, meaning.
_FACTS: Final = (
    ("generation_id", "varchar", "Name of the generation; sorts by time of publishing."),
    ("published_at", "timestamp", "When the generation was published, Korean time."),
    ("as_of_date", "date", "Day as of which everything in it was known."),
    (
        "sample_rate",
        "decimal(18,9)",
        "Share of the real population that the exports hold; 1 = all.",
    ),
    ("is_demo", "boolean", "True when the exports were generated."),
    ("run_id", "varchar", "Run of the orchestrator that built it."),
    ("code_version", "varchar", "Version of the project that built it; +dirty for changed files."),
    ("dbt_version", "varchar", "Version of dbt-core that built it."),
    ("duckdb_version", "varchar", "Version of DuckDB that wrote it."),
    ("row_counts", "varchar", "Rows per table, as a JSON object of schema.table to count."),
    ("further_facts", "varchar", "Whatever else the run stated, as a JSON object."),
)
FACTS_TABLE: Final = "core.published_generation"

#: Further fact that names the books a generation continues (published_ledger).
BOOK_FACT: Final = "book_id"

#: Further fact that lists the marts which are public, as `schema.table`.
PUBLIC_MARTS_FACT: Final = "public_marts"

#: What a caller of `publish` must state.
REQUIRED_FACTS: Final = ("as_of_date", "sample_rate", "is_demo", "run_id")


#: The name under which dbt attaches the candidate; a published file goes by its own name.
_BUILT_AS: Final = "candidate"


def complete(candidate: Path, generation_id: str, facts: Mapping[str, Any]) -> dict[str, int]:
    """Write what the generation says of itself and leave one file without a log beside it.

    Returns:
        Rows per table, as `schema.table`.

    Raises:
        NotPublishable: the candidate is missing, or a schema holds no row, or a view cannot follow.
        DatabaseLocked: another process holds the candidate.
    """
    if not candidate.exists():
        raise NotPublishable(
            "There is no candidate to publish", str(candidate), "run the whole batch again"
        )
    try:
        connection = duckdb.connect(str(candidate))
    except duckdb.IOException as error:
        raise DatabaseLocked(
            "The candidate cannot be opened for publishing",
            f"{candidate}: {str(error).splitlines()[0]}",
            "close the program that has it open and run the batch again",
        ) from error
    try:
        _unbind_views(connection)
        _write_facts(connection, generation_id, facts, counts := _row_counts(connection, facts))
        connection.execute("force checkpoint")
    except duckdb.Error as error:
        raise NotPublishable(
            f"The candidate cannot be completed: {str(error).splitlines()[0]}",
            str(candidate),
            "put right what it names and run the batch again; the current generation stays",
        ) from error
    finally:
        connection.close()
    return counts


def _row_counts(connection: duckdb.DuckDBPyConnection, facts: Mapping[str, Any]) -> dict[str, int]:
    """Rows per table of the published schemas; refuses an empty one that should hold some."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() "  # noqa: S608
        "where database_name = current_database() and not internal "
        f"and schema_name in ({literals(SCHEMAS)}) order by all"
    ).fetchall()
    counts = {
        f"{schema}.{table}": _count(connection, quoted(schema, table))
        for schema, table in tables
        if f"{schema}.{table}" != FACTS_TABLE
    }
    for schema in set(SCHEMAS) - _nothing_known_yet(counts, facts):
        if not any(rows for name, rows in counts.items() if name.startswith(f"{schema}.")):
            raise NotPublishable(
                f"Schema {schema} of the candidate holds no row",
                "the marts of the batch that just ran",
                "look at what the models of that schema built; the current generation stays",
            )
    return counts


def _nothing_known_yet(counts: Mapping[str, int], facts: Mapping[str, Any]) -> set[str]:
    """Name the schemas that may be empty: before the second batch, and before any programme."""
    early = {"churn"} if facts.get("batches") == 1 else set()
    return early | (
        {"compensation", "incident"} if counts.get("core.dim_programmes") == 0 else set()
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    rows: int = connection.execute(f"select count(*) from {table}").fetchall()[0][0]  # noqa: S608
    return rows


def _write_facts(
    connection: duckdb.DuckDBPyConnection,
    generation_id: str,
    facts: Mapping[str, Any],
    counts: Mapping[str, int],
) -> None:
    known = {
        "generation_id": generation_id,
        "published_at": clock.now().replace(microsecond=0),
        "code_version": facts.get("code_version") or code_version(),
        "dbt_version": _package_version("dbt-core"),
        "duckdb_version": duckdb.__version__,
        "row_counts": json.dumps(counts),
        **{name: facts[name] for name in REQUIRED_FACTS},
    }
    further = {name: value for name, value in facts.items() if name not in known}
    known["further_facts"] = json.dumps(further, default=str, ensure_ascii=False)
    columns = ", ".join(f"{name} {kind} not null" for name, kind, _ in _FACTS)
    connection.execute("begin")
    connection.execute(f"create or replace table {FACTS_TABLE} ({columns})")
    connection.execute(
        f"insert into {FACTS_TABLE} "  # noqa: S608
        f"values ({literals(str(known[name]) for name, *_ in _FACTS)})"
    )
    connection.execute(
        f"comment on table {FACTS_TABLE} is 'Grain: one row, what this generation is made of.'"
    )
    for name, _, meaning in _FACTS:
        connection.execute(f"comment on column {FACTS_TABLE}.{name} is '{meaning}'")
    connection.execute("commit")


def _unbind_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the name of the candidate out of its views: the published file goes by another one."""
    views = connection.execute(
        "select schema_name, view_name, sql, comment from duckdb_views() "
        "where database_name = current_database() and not internal"
    ).fetchall()
    for schema, view, sql, comment in views:
        name = quoted(schema, view)
        columns = connection.execute(
            "select column_name, comment from duckdb_columns() "  # noqa: S608
            "where database_name = current_database() "
            f"and schema_name = {literal(schema)} and table_name = {literal(view)}"
        ).fetchall()
        query = sql[sql.index(" AS ") + 4 :].rstrip(";")
        tree = json.loads(_text(connection, f"json_serialize_sql({literal(query)})"))
        free = _text(connection, f"json_deserialize_sql({literal(json.dumps(_unbound(tree)))})")
        connection.execute(f"create or replace view {name} as {free}")
        if comment:
            connection.execute(f"comment on view {name} is {literal(comment)}")
        for column, meaning in columns:
            if meaning:
                connection.execute(
                    f"comment on column {name}.{quoted(column)} is {literal(meaning)}"
                )


def _unbound(node: Any) -> Any:
    """Copy a syntax tree without the name that dbt attached the candidate under."""
    if isinstance(node, list):
        return [_unbound(item) for item in node]
    if not isinstance(node, dict):
        return node
    bare = {key: _unbound(value) for key, value in node.items()}
    if bare.get("catalog_name") == _BUILT_AS:
        bare["catalog_name"] = ""
    if bare.get("class") == "COLUMN_REF" and bare["column_names"][0] == _BUILT_AS:
        bare["column_names"] = bare["column_names"][1:]
    return bare


@dataclass(frozen=True, slots=True)
class Published:
    """What a published generation says of itself; `book` is empty where it names no books."""

    as_of_date: dt.date
    is_demo: bool
    book: str


def read_facts(generation: Path) -> Published:
    """Read what a published generation says of itself."""
    with duckdb.connect(str(generation), read_only=True) as connection:
        ((as_of_date, is_demo, further),) = connection.execute(
            f"select as_of_date, is_demo, further_facts from {FACTS_TABLE}"  # noqa: S608
        ).fetchall()
    return Published(as_of_date, is_demo, json.loads(further).get(BOOK_FACT, ""))


def verify(candidate: Path, counts: Mapping[str, int]) -> None:
    """Read the file back as a reader will: read-only, alone, under another name.

    Raises:
        NotPublishable: a view or a row count is not what it was.
    """
    if candidate.with_name(candidate.name + ".wal").exists():
        raise NotPublishable(
            "The candidate has a log that was not written back",
            f"{candidate}.wal",
            "run the batch again; the current generation stays",
        )
    connection = duckdb.connect()
    try:
        connection.execute(f"attach {literal(str(candidate))} as generation (read_only)")
        connection.execute("use generation")
        found = {name: _count(connection, name) for name in counts}
        for schema, view in connection.execute(
            "select schema_name, view_name from duckdb_views() "
            "where database_name = 'generation' and not internal"
        ).fetchall():
            connection.execute(f"from {quoted('generation', schema, view)} limit 1").fetchall()
    except duckdb.Error as error:
        raise NotPublishable(
            f"The candidate cannot be read back: {str(error).splitlines()[0]}",
            str(candidate),
            "run the batch again; the current generation stays",
        ) from error
    finally:
        connection.close()
    if found != counts:
        raise NotPublishable(
            "The candidate holds other row counts when read back",
            str(candidate),
            "look for a failing disk; the current generation stays",
        )


def code_version() -> str:
    """Version of the project as checked out; of the package where there is no checkout."""
    command = ("git", "-C", str(PROJECT_DIR), "describe", "--always", "--dirty=+dirty", "--tags")
    try:
        described = subprocess.run(  # noqa: S603 - git alone, no shell
            command,
            env=environment_without_keys(),
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return _package_version("aftermath")
    return described.stdout.strip()


def _package_version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _text(connection: duckdb.DuckDBPyConnection, expression: str) -> str:
    text: str = connection.execute(f"select {expression}").fetchall()[0][0]
    return text
