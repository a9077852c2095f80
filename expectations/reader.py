"""Runs suites on the tables of a DuckDB file through Great Expectations.

Belongs here: one context per layer, one data source per schema, and letting go of the file again.
Does not belong here: reading results (outcomes.py).

Importing this module imports Great Expectations (seconds): validate.py imports it late.
"""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Any

import duckdb
import great_expectations as gx
from great_expectations.exceptions.exceptions import GreatExpectationsError
from sqlalchemy.exc import SQLAlchemyError

from expectations import datasource, duckdb_dialect, outcomes
from expectations.verdicts import Outcome, TableVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.expectations.expectation import Expectation

# What validating one table may run into; it becomes the verdict of that table, and the other tables
# of the layer are still looked at. Anything else is raised and ends the run as well.
_TROUBLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    duckdb.Error,
    GreatExpectationsError,
    SQLAlchemyError,
)


def verdicts(
    layer: str,
    database: Path,
    tables: Sequence[str],
    known: Mapping[str, str],
    memory_limit: str | None,
) -> dict[str, TableVerdict]:
    """Return a verdict per table; `known` maps a table to the module of its suite."""
    found = {}
    try:
        reader = Reader(database, memory_limit)
        for table in tables:
            started = time.perf_counter()
            try:
                rows, results = _validate(reader, layer, table, known)
            except _TROUBLE as trouble:
                rows, results = None, [outcomes.failure("the table can be validated", trouble)]
            seconds = time.perf_counter() - started
            found[table] = TableVerdict(layer, table, tuple(results), rows, seconds)
    finally:
        duckdb_dialect.close_all()
    return found


class Reader:
    """Great Expectations' view of one DuckDB file."""

    def __init__(self, database: Path, memory_limit: str | None) -> None:
        self._address = duckdb_dialect.url(str(database))
        self._settings = {"memory_limit": memory_limit} if memory_limit else {}
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
        self._sources: dict[str, datasource.DuckDBDatasource] = {}

    def query(self, schema: str, sql: str, limit: int) -> list[dict[str, Any]]:
        """Return up to `limit` rows of a query."""
        with self._source(schema).get_execution_engine().get_connection() as connection:
            rows = connection.exec_driver_sql(sql).mappings().fetchmany(limit)
        return [dict(row) for row in rows]

    def columns(self, schema: str, name: str) -> list[str]:
        """Name the columns of a table or view; none if there is no such table."""
        rows = self.query(
            schema,
            "select column_name from duckdb_columns() where database_name = current_database() "  # noqa: S608
            f"and schema_name = '{schema}' and table_name = '{name}' order by column_index",
            limit=10_000,
        )
        return [row["column_name"] for row in rows]

    def validate(
        self, table: str, expectations: Sequence[Expectation], result_format: Any
    ) -> ExpectationSuiteValidationResult:
        """Let Great Expectations evaluate expectations on `schema.table`."""
        schema, name = table.split(".")
        source = self._source(schema)
        asset = next((known for known in source.assets if known.name == name), None)
        asset = asset or source.add_table_asset(name, table_name=name)
        batch = asset.get_batch(asset.build_batch_request())
        suite = gx.ExpectationSuite(table, expectations=list(expectations))
        return batch.validate(suite, result_format=result_format)

    def _source(self, schema: str) -> datasource.DuckDBDatasource:
        if schema not in self._sources:
            add: Any = self._context.data_sources.add_duckdb
            self._sources[schema] = add(
                schema,
                connection_string=self._address,
                database_schema=schema,
                kwargs={"connect_args": {"settings": self._settings}},
            )
        return self._sources[schema]


def _validate(
    reader: Reader, layer: str, table: str, known: Mapping[str, str]
) -> tuple[int | None, list[Outcome]]:
    if table not in known:
        return None, [outcomes.failure("the table has a suite", f"none in expectations/{layer}")]
    suite = importlib.import_module(known[table])
    schema, name = table.split(".")
    columns = reader.columns(schema, name)
    if not columns:
        return None, [outcomes.failure("the table exists", f"no {table} in the database")]
    counted = reader.query(schema, f"select count(*) as rows_held from {table}", limit=1)  # noqa: S608
    rows = int(counted[0]["rows_held"])
    if rows == 0:
        return 0, [_judge_empty(reader, schema, suite)]
    expectations: list[Expectation] = suite.expectations()
    results = reader.validate(table, expectations, "BASIC").results
    return rows, outcomes.read(reader, table, suite, columns, expectations, results)


def _judge_empty(reader: Reader, schema: str, suite: ModuleType) -> Outcome:
    """Judge a table without rows: sound only where the suite says when, and then it is so."""
    condition: str | None = getattr(suite, "EMPTY_WHEN", None)
    if condition is None:
        return Outcome(
            "the table holds rows", "critical", passed=False, observed="0 rows", expected="rows"
        )
    holds = reader.query(schema, f"select {condition} as holds", limit=1)[0]["holds"]
    return Outcome(
        "the table holds rows unless nothing was due",
        "critical",
        passed=holds is True,
        observed="0 rows",
        expected=f"rows, unless {condition}",
    )
