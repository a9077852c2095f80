"""Runs suites on the tables of a DuckDB file through Great Expectations.

Belongs here: one context per layer, one data source per schema, and letting go of the file again.
Does not belong here: judging tables (judging.py).

Importing this module imports Great Expectations (seconds): validate.py imports it late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import great_expectations as gx
from sqlalchemy.exc import SQLAlchemyError

from expectations import datasource, duckdb_dialect, judging

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.expectations.expectation import Expectation

    from expectations.verdicts import TableVerdict


def verdicts(
    layer: str,
    database: Path,
    tables: Iterable[str],
    known: Mapping[str, str],
    memory_limit: str | None,
) -> dict[str, TableVerdict]:
    """Return a verdict per table; `known` maps a table to the module of its suite."""
    try:
        return judging.verdicts(Reader(database, memory_limit), layer, tables, known)
    finally:
        duckdb_dialect.close_all()


class Reader:
    """Great Expectations' view of one DuckDB file."""

    ROW_NUMBER: ClassVar[str] = "rowid + 1"
    TROUBLE: ClassVar[tuple[type[Exception], ...]] = (duckdb.Error, SQLAlchemyError)

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
