"""The kinds of expectation that suites may use: those of Great Expectations and our own.

Belongs here: kinds that are computed inside the database and are proved on DuckDB by
tests/expectations/test_kinds.py, and how Spark computes them. Does not belong here: any rule about
any table.

Great Expectations' own kinds are re-exported. It gathers the aggregate metrics of a table into one
query, but its ways to state a rule across columns run two more queries per rule; on sixteen million
rows that is the whole budget. Hence our own:

- ExpectNoRowsWhere (no row meets a condition),
- ExpectShareToBeBetween (the share of rows that meet one lies in a range) and
- ExpectAggregateToBeBetween (a mean, ratio or count of the table lies in a range)

are aggregates, so all such rules of a table share one scan, and

- ExpectNoRowsFrom (a query over this and other tables finds nothing) runs its query once.

Importing this module imports Great Expectations (seconds): import it late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from great_expectations.compatibility import pydantic
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.core.expect_column_mean_to_be_between import (
    ExpectColumnMeanToBeBetween,
)
from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
    ExpectColumnPairValuesAToBeGreaterThanB,
)
from great_expectations.expectations.core.expect_column_proportion_of_non_null_values_to_be_between import (  # noqa: E501
    ExpectColumnProportionOfNonNullValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_unique_value_count_to_be_between import (
    ExpectColumnUniqueValueCountToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from expectations.spark_words import in_spark

if TYPE_CHECKING:
    from great_expectations.execution_engine.execution_engine import ExecutionEngine
    from sqlalchemy import ColumnClause

__all__ = [
    "CRITICAL",
    "EVIDENCE_ROWS",
    "WARNING",
    "ExpectAggregateToBeBetween",
    "ExpectColumnMeanToBeBetween",
    "ExpectColumnPairValuesAToBeGreaterThanB",
    "ExpectColumnProportionOfNonNullValuesToBeBetween",
    "ExpectColumnUniqueValueCountToBeBetween",
    "ExpectColumnValuesToBeBetween",
    "ExpectNoRowsFrom",
    "ExpectNoRowsWhere",
    "ExpectShareToBeBetween",
]

#: Blocks what comes after.
CRITICAL = FailureSeverity.CRITICAL
#: Is shown and lets the run go on.
WARNING = FailureSeverity.WARNING

#: Rows kept as evidence of a broken rule.
EVIDENCE_ROWS = 20


class SqlAggregate(TableMetricProvider):
    """The value of one SQL aggregate over the whole table."""

    metric_name = "table.sql_aggregate"
    value_keys = ("sql_aggregate",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 - Great Expectations calls it on the class, with these names
        execution_engine: SqlAlchemyExecutionEngine,  # noqa: ARG002
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        # Late: where Spark computes there need be no SQLAlchemy.
        from sqlalchemy import literal_column  # noqa: PLC0415

        aggregate: ColumnClause[Any] = literal_column(f"({metric_value_kwargs['sql_aggregate']})")
        return aggregate, metric_domain_kwargs, {}

    @metric_partial(
        engine=SparkDFExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _spark(
        cls,  # noqa: N805 - as above
        execution_engine: SparkDFExecutionEngine,  # noqa: ARG002
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        # Late: where DuckDB computes there is no Spark.
        from pyspark.sql.functions import expr  # noqa: PLC0415

        return expr(in_spark(metric_value_kwargs["sql_aggregate"])), metric_domain_kwargs, {}


class RowsFound(TableMetricProvider):
    """The rows a query finds, up to one more than are kept as evidence."""

    metric_name = "table.rows_found"
    value_keys = ("query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,  # noqa: N805 - Great Expectations calls it on the class, with these names
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],  # noqa: ARG002
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> list[dict[str, Any]]:
        batch: Any = execution_engine.batch_manager.active_batch_data
        # The table itself rather than the selection Great Expectations makes of it, so that the
        # query may name it, alias it and join it like any other.
        table = f"{batch.source_schema_name}.{batch.source_table_name}"
        query = metric_value_kwargs["query"].replace("{batch}", table)
        with execution_engine.get_connection() as connection:
            found = connection.exec_driver_sql(query).mappings().fetchmany(EVIDENCE_ROWS + 1)
        return [dict(row) for row in found]

    @metric_value(engine=SparkDFExecutionEngine)
    def _spark(
        cls,  # noqa: N805 - as above
        execution_engine: SparkDFExecutionEngine,
        metric_domain_kwargs: dict[str, Any],  # noqa: ARG002
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> list[dict[str, Any]]:
        batch: Any = execution_engine.batch_manager.active_batch_data
        batch.dataframe.createOrReplaceTempView("rows_judged")
        query = in_spark(metric_value_kwargs["query"].replace("{batch}", "rows_judged"))
        found = execution_engine.spark.sql(query).limit(EVIDENCE_ROWS + 1).collect()
        return [row.asDict() for row in found]


class ExpectNoRowsWhere(BatchExpectation):
    """Expect that no row of the table meets a condition.

    The condition is SQL over the table's own columns. A row for which it is unknown (null) does not
    meet it: where a null must not pass, the condition has to say so.
    """

    condition: str
    sql_aggregate: str = ""

    metric_dependencies: ClassVar[tuple[str, ...]] = (SqlAggregate.metric_name,)
    success_keys: ClassVar[tuple[str, ...]] = ("sql_aggregate",)

    @pydantic.root_validator(pre=True)
    def _count_the_rows(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        return values | {"sql_aggregate": f"count(*) filter (where {values['condition']})"}

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: ExecutionEngine[Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        found = metrics[SqlAggregate.metric_name]
        return {"success": found == 0, "result": {"observed_value": found}}


class ExpectAggregateToBeBetween(BatchExpectation):
    """Expect a SQL aggregate over the table (a mean, a ratio, a count) to lie in a closed range.

    No value (null: nothing to divide by) fails, unless `none_is_plausible` says that a sound table
    may hold no row of which the rule speaks.
    """

    sql_aggregate: str
    min_value: float | None = None
    max_value: float | None = None
    none_is_plausible: bool = False

    metric_dependencies: ClassVar[tuple[str, ...]] = (SqlAggregate.metric_name,)
    success_keys: ClassVar[tuple[str, ...]] = ("sql_aggregate", "min_value", "max_value")

    @pydantic.root_validator
    def _can_fail(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values.get("min_value") is None and values.get("max_value") is None:
            raise ValueError("give min_value, max_value or both: without them nothing can fail")
        return values

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: ExecutionEngine[Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        value = metrics[SqlAggregate.metric_name]
        if value is None:
            return {"success": self.none_is_plausible, "result": {"observed_value": None}}
        above = self.min_value is None or value >= self.min_value
        below = self.max_value is None or value <= self.max_value
        return {"success": above and below, "result": {"observed_value": value}}


class ExpectShareToBeBetween(ExpectAggregateToBeBetween):
    """Expect the share of rows that meet a condition, among the rows of which the rule speaks.

    With fewer than `least_rows` of those the share says nothing and the rule holds: the bundled
    sample has a thousandth of the rows, and bounds that suit both would bound nothing.
    """

    condition: str
    among: str = "true"
    least_rows: int = 1
    sql_aggregate: str = ""

    @pydantic.root_validator(pre=True)
    def _divide(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        condition, among = values["condition"], values.get("among", "true")
        least_rows = values.get("least_rows", 1)
        rows = f"count(*) filter (where {among})"
        hits = f"count(*) filter (where ({among}) and ({condition}))"
        share = f"case when {rows} >= {least_rows} then {hits} / cast({rows} as double) end"
        return values | {"sql_aggregate": share, "none_is_plausible": least_rows > 1}


class ExpectNoRowsFrom(BatchExpectation):
    """Expect that a query over this table (`{batch}`) and others finds no row.

    The query names the columns to show as evidence and must not select a direct identifier.
    """

    query: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (RowsFound.metric_name,)
    success_keys: ClassVar[tuple[str, ...]] = ("query",)

    @pydantic.validator("query")
    def _reads_the_table(cls, query: str) -> str:  # noqa: N805
        if "{batch}" not in query:
            raise ValueError("the query does not read {batch}: it says nothing about this table")
        return query

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: ExecutionEngine[Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        rows = metrics[RowsFound.metric_name]
        return {
            "success": not rows,
            "result": {"observed_value": len(rows), "unexpected_rows": rows[:EVIDENCE_ROWS]},
        }
