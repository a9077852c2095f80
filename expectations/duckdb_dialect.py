"""A read-only SQLAlchemy dialect for DuckDB, `duckdb+readonly`, for Great Expectations.

Belongs here: what SQLAlchemy needs to read one DuckDB file. Does not belong here: the data source
(datasource.py) and anything that writes.

Great Expectations returns its connection to the pool, which rolls back, and fetches the rows after
that. duckdb-engine keeps one result per connection, so the rows are gone and metrics fail with
"list index out of range". Here every SQLAlchemy cursor owns a DuckDB cursor, and begin, commit and
rollback do nothing, which is right for a database that is only read.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import duckdb
import sqlalchemy as sa
from duckdb_engine import DBAPI
from duckdb_engine import Dialect as DuckDBEngineDialect
from sqlalchemy.dialects import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedPrimaryKeyConstraint

DRIVER = "duckdb+readonly"

_open_connections: weakref.WeakSet[ReadOnlyConnection] = weakref.WeakSet()


class ReadOnlyCursor:
    """A DBAPI cursor with a DuckDB cursor of its own.

    Its result survives whatever happens to the connection, and rows stay in DuckDB until fetched.
    """

    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, connection: ReadOnlyConnection, cursor: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.description: list[tuple[object, ...]] | None = None
        self._cursor = cursor

    def execute(self, statement: str, parameters: Sequence[object] | None = None) -> None:
        """Run one statement; parameters are positional (`$1`)."""
        self._cursor.execute(statement, list(parameters) if parameters else None)
        # Type codes as text: SQLAlchemy hashes and prints them.
        self.description = [
            (column[0], str(column[1]), None, None, None, None, None)
            for column in self._cursor.description or ()
        ] or None

    def executemany(self, statement: str, parameters: Sequence[Sequence[object]] = ()) -> None:
        """Refuse: many parameter sets mean writing."""
        raise duckdb.NotSupportedError(f"read-only connection: {statement}, {len(parameters)}")

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or None."""
        return self._cursor.fetchone()

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Return up to `size` rows."""
        return self._cursor.fetchmany(size or self.arraysize)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows that are left."""
        return self._cursor.fetchall()

    def close(self) -> None:
        """Let go of the result."""
        self._cursor.close()

    def setinputsizes(self, sizes: object) -> None:
        """Do nothing, as DBAPI allows."""

    def setoutputsize(self, size: object, column: object = None) -> None:
        """Do nothing, as DBAPI allows."""


class ReadOnlyConnection:
    """A DBAPI connection that hands out cursors of their own and remembers them to close them."""

    autocommit = None
    closed = False

    def __init__(self, database: str, settings: Mapping[str, object]) -> None:
        # No configuration at connect time: DuckDB refuses a second connection of this process to
        # the same file under another configuration. Settings are made on the open connection.
        self._connection = duckdb.connect(database, read_only=True)
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self.notices: list[str] = []
        _open_connections.add(self)
        for name, value in settings.items():
            self._connection.execute(f"set {name} = {_literal(value)}")

    def cursor(self) -> ReadOnlyCursor:
        """Open a cursor."""
        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        return ReadOnlyCursor(self, cursor)

    def commit(self) -> None:
        """Do nothing: there is nothing to commit."""

    def rollback(self) -> None:
        """Do nothing: there is nothing to undo, and unread results must survive."""

    def close(self) -> None:
        """Close with every cursor: an open one keeps the instance, and so the file lock, alive."""
        for cursor in self._cursors:
            cursor.close()
        self._cursors.clear()
        self._connection.close()
        self.closed = True


def close_all() -> None:
    """Close every connection this dialect opened, so that a writer in this process may open."""
    for connection in list(_open_connections):
        connection.close()
    _open_connections.clear()


def url(database: str) -> str:
    """Return the SQLAlchemy address of a DuckDB file."""
    return f"{DRIVER}:///{database}"


# The compiler of the dialect this one builds on; SQLAlchemy's stubs do not name it.
_BaseCompiler: Any = DuckDBEngineDialect.statement_compiler


class _Compiler(_BaseCompiler):  # type: ignore[misc]
    """Compiles `~` as a search.

    Great Expectations writes PostgreSQL's `value ~ 'pattern'`, which finds the pattern anywhere.
    DuckDB reads `~` as a full match, a silently wrong answer.
    """

    def visit_custom_op_binary(self, element: Any, operator: Any, **kw: Any) -> str:
        if operator.opstring not in ("~", "!~"):
            return str(super().visit_custom_op_binary(element, operator, **kw))
        value, pattern = self.process(element.left, **kw), self.process(element.right, **kw)
        found = f"regexp_matches({value}, {pattern})"
        return found if operator.opstring == "~" else f"(not {found})"


class ReadOnlyDialect(DuckDBEngineDialect):
    """DuckDB for readers: own cursors, no transactions, reflection without `pg_catalog`."""

    # duckdb-engine's own signatures are narrower than what it returns, hence the exceptions below.
    driver = "readonly"
    supports_statement_cache = False
    statement_compiler = _Compiler

    @classmethod
    def import_dbapi(cls) -> type[DBAPI]:  # type: ignore[override]
        """Name parameter style and exceptions."""
        return DBAPI

    @classmethod
    def get_pool_class(cls, url: sa.URL) -> type[sa.Pool]:  # noqa: ARG003
        """Keep one connection: its cursors are independent, and one is all there is to close."""
        return sa.StaticPool

    def create_connect_args(self, url: sa.URL) -> tuple[tuple[str], dict[str, Any]]:
        """Read the file's path from the address."""
        return (str(url.database),), {}

    def connect(self, *cargs: Any, **cparams: Any) -> ReadOnlyConnection:  # type: ignore[override]
        """Open the file named first; `settings` are DuckDB's."""
        return ReadOnlyConnection(str(cargs[0]), cparams.get("settings", {}))

    def do_begin(self, connection: object) -> None:
        """Do nothing: every statement sees the same, unchanging file."""

    def do_rollback(self, connection: object) -> None:
        """Do nothing: unread results must survive."""

    def do_commit(self, connection: object) -> None:
        """Do nothing: there is nothing to commit."""

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> list[ReflectedColumn]:
        """Reflect from `duckdb_columns()`: one query, for tables and views alike."""
        rows = connection.execute(
            sa.text(
                "select column_name, data_type, is_nullable from duckdb_columns() "
                "where table_name = :table_name and database_name = current_database() "
                "and schema_name = coalesce(:schema_name, current_schema()) order by column_index"
            ),
            {"table_name": str(table_name), "schema_name": schema},
        ).fetchall()
        if not rows:
            raise sa.exc.NoSuchTableError(f"{schema}.{table_name}" if schema else table_name)
        return [
            {"name": name, "type": _sqlalchemy_type(kind), "nullable": nullable, "default": None}
            for name, kind, nullable in rows
        ]

    def get_multi_columns(  # type: ignore[override]
        self,
        connection: Any,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        **_: Any,
    ) -> list[tuple[tuple[str | None, str], list[ReflectedColumn]]]:
        """Reflect the named tables."""
        names = filter_names or ()
        return [((schema, name), self.get_columns(connection, name, schema)) for name in names]

    def get_schema_names(self, connection: Any, **_: Any) -> list[str]:
        """Name the schemas of the file."""
        query = "select schema_name from duckdb_schemas() where database_name = current_database()"
        return list(connection.execute(sa.text(query)).scalars())

    def get_pk_constraint(self, *_: Any, **__: Any) -> ReflectedPrimaryKeyConstraint:
        """Report none: keys are proved by dbt tests, and an index would cost more than it gives."""
        return {"constrained_columns": [], "name": None}


_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "BIGINT": sa.BIGINT,
    "BLOB": sa.BLOB,
    "BOOLEAN": sa.BOOLEAN,
    "DATE": sa.DATE,
    "DOUBLE": sa.DOUBLE,
    "FLOAT": sa.FLOAT,
    "HUGEINT": sa.NUMERIC,
    "INTEGER": sa.INTEGER,
    "SMALLINT": sa.SMALLINT,
    "TIME": sa.TIME,
    "TIMESTAMP": sa.TIMESTAMP,
    "TINYINT": sa.SMALLINT,
    "UBIGINT": sa.BIGINT,
    "UINTEGER": sa.BIGINT,
    "VARCHAR": sa.VARCHAR,
}


def _sqlalchemy_type(type_name: str) -> sa.types.TypeEngine[Any]:
    """Return the SQLAlchemy type of a DuckDB type; nested types are named and left alone."""
    if type_name in _TYPES:
        return _TYPES[type_name]()
    if type_name.startswith("DECIMAL("):
        precision, scale = type_name[len("DECIMAL(") : -1].split(",")
        return sa.DECIMAL(int(precision), int(scale))
    if type_name.startswith("TIMESTAMP"):
        return sa.TIMESTAMP(timezone="TIME ZONE" in type_name)
    return sa.types.NullType()


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


registry.register("duckdb.readonly", __name__, ReadOnlyDialect.__name__)
