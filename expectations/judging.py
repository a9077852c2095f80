"""Judges tables by their suites, whatever engine reads them.

Belongs here: one verdict per table, and failing closed. Does not belong here: an engine (reader.py,
spark_reader.py), reading results (outcomes.py).

Importing this module imports Great Expectations (seconds): validate.py imports it late.
"""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from great_expectations.exceptions.exceptions import GreatExpectationsError

from expectations import outcomes
from expectations.verdicts import Outcome, TableVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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
    GreatExpectationsError,
)


class Reader(Protocol):
    """An engine's view of the tables."""

    ROW_NUMBER: ClassVar[str]
    """What numbers the rows of a table in the order of delivery; empty where nothing does."""

    TROUBLE: ClassVar[tuple[type[Exception], ...]]
    """What the engine itself raises."""

    def query(self, schema: str, sql: str, limit: int) -> list[dict[str, Any]]:
        """Return up to `limit` rows of a query."""

    def columns(self, schema: str, name: str) -> list[str]:
        """Name the columns of a table or view; none if there is no such table."""

    def validate(
        self, table: str, expectations: Sequence[Expectation], result_format: Any
    ) -> ExpectationSuiteValidationResult:
        """Let Great Expectations evaluate expectations on `schema.table`."""


def verdicts(
    reader: Reader, layer: str, tables: Iterable[str], known: Mapping[str, str]
) -> dict[str, TableVerdict]:
    """Return a verdict per table; `known` maps a table to the module of its suite."""
    found = {}
    trouble_known: tuple[type[Exception], ...] = (*_TROUBLE, *reader.TROUBLE)
    for table in tables:
        started = time.perf_counter()
        try:
            rows, results = _validate(reader, layer, table, known)
        except trouble_known as trouble:
            rows, results = None, [outcomes.failure("the table can be validated", trouble)]
        seconds = time.perf_counter() - started
        found[table] = TableVerdict(layer, table, tuple(results), rows, seconds)
    return found


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
