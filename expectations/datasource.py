"""Great Expectations' way into DuckDB: an execution engine and a fluent data source.

Belongs here: what Great Expectations needs to compute inside DuckDB. Does not belong here: suites,
and what is made of their results.

Importing this module imports Great Expectations (seconds): import it late.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar, Literal, TypeAlias

from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from sqlalchemy.dialects import postgresql

from expectations import duckdb_dialect  # noqa: F401 - registers the dialect

# Inside the data source the word `type` is a field.
_EngineType: TypeAlias = type[SqlAlchemyExecutionEngine]


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Computes metrics inside DuckDB."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Great Expectations chooses how to write a regular expression by the dialect's module and
        # knows no module for DuckDB: PostgreSQL's, which our compiler turns into a search.
        self.dialect_module = SimpleNamespace(dialect=postgresql.dialect)  # type: ignore[assignment]


class DuckDBDatasource(SQLDatasource):
    """One schema of one DuckDB file.

    Great Expectations registers it by its type: `context.data_sources.add_duckdb(...)`.
    """

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    database_schema: str

    _EXTRA_EXCLUDED_EXEC_ENG_ARGS: ClassVar[set[str]] = {"database_schema"}

    @property
    def schema_(self) -> str:
        """Where tables are looked for that are named without a schema."""
        return self.database_schema

    @property
    def execution_engine_type(self) -> _EngineType:
        """Compute with the engine above."""
        return DuckDBExecutionEngine
