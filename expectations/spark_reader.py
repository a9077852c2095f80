"""Runs suites on the tables of a Spark session through Great Expectations.

Belongs here: one context per layer and the tables as Spark's data frames. Does not belong here:
judging tables (judging.py), starting a session.

The same suites and the same verdicts as on DuckDB; the rules' SQL is said in Spark's words
(spark_words.py), and Spark computes: no row comes into this process but the evidence.

Importing this module imports Great Expectations and Spark: import it late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import great_expectations as gx
from pyspark.errors import AnalysisException, PySparkException

from expectations import judging, suites
from expectations.spark_words import in_spark

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.expectations.expectation import Expectation
    from pyspark.sql import SparkSession

    from expectations.verdicts import TableVerdict


def validate_layer(
    layer: str, spark: SparkSession, tables: Collection[str] | None = None
) -> dict[str, TableVerdict]:
    """Validate tables of a layer (`schema.table`; None: all that have a suite) in a session.

    Returns one verdict per table asked for, in name order. Raises ValueError for a layer that is
    none.
    """
    known = suites(layer)
    wanted = sorted(known if tables is None else set(tables))
    return judging.verdicts(SparkReader(spark), layer, wanted, known)


class SparkReader:
    """Great Expectations' view of the tables of one Spark session."""

    # Rows of a seed have no order in Spark: they are named by their keys alone.
    ROW_NUMBER: ClassVar[str] = ""
    TROUBLE: ClassVar[tuple[type[Exception], ...]] = (PySparkException,)

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
        # The session is the caller's: Great Expectations must neither change nor restart it.
        self._source = self._context.data_sources.add_spark(
            "spark", force_reuse_spark_context=True, persist=False
        )

    def query(self, schema: str, sql: str, limit: int) -> list[dict[str, Any]]:  # noqa: ARG002
        """Return up to `limit` rows of a query."""
        return [row.asDict() for row in self._spark.sql(in_spark(sql)).limit(limit).collect()]

    def columns(self, schema: str, name: str) -> list[str]:
        """Name the columns of a table or view; none if there is no such table."""
        # Asked for and not looked up: the catalog lists views of Iceberg elsewhere.
        try:
            return list(self._spark.table(f"{schema}.{name}").columns)
        except AnalysisException as absent:
            if absent.getErrorClass() != "TABLE_OR_VIEW_NOT_FOUND":
                raise
            return []

    def validate(
        self, table: str, expectations: Sequence[Expectation], result_format: Any
    ) -> ExpectationSuiteValidationResult:
        """Let Great Expectations evaluate expectations on `schema.table`."""
        asset = next((known for known in self._source.assets if known.name == table), None)
        asset = asset or self._source.add_dataframe_asset(table)
        batch = asset.get_batch(
            asset.build_batch_request(options={"dataframe": self._spark.table(table)})
        )
        suite = gx.ExpectationSuite(table, expectations=list(expectations))
        return batch.validate(suite, result_format=result_format)
