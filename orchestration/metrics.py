"""Metrics of the published marts: `python -m orchestration.metrics churn_rate --by ...`.

Belongs here: letting MetricFlow turn a question about metrics into SQL, and asking that of the
current generation. Does not belong here: what a metric is (models/marts/semantic), how an answer is
printed (sql).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from typing import TYPE_CHECKING, Any, Final, get_args

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from orchestration import sql
from orchestration.errors import BadInput, NotPublishable, OperatorError
from orchestration.settings import RawCarrier, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SEMANTIC_MANIFEST: Final = "semantic_manifest.json"


class _RenderedOnly:
    """The part of MetricFlow's client that writing SQL needs; the asking is ours."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics that a batch's definitions know, and the SQL that answers them."""

    def __init__(self, semantic_manifest: Path) -> None:
        """Read what dbt wrote when it parsed the project.

        Raises:
            NotPublishable: no batch has parsed the project yet.
        """
        if not semantic_manifest.exists():
            raise NotPublishable(
                "The metrics are not known yet", str(semantic_manifest), "run the batch: make run"
            )
        content = json.loads(semantic_manifest.read_bytes())
        for relation in _relations(content):
            # The marts are built in one file and published in another: their schemas stay.
            relation["database"] = None
            relation["relation_name"] = f'"{relation["schema_name"]}"."{relation["alias"]}"'
        manifest = parse_manifest_from_dbt_generated_manifest(json.dumps(content))
        self._metrics = {metric.name: metric for metric in manifest.metrics if metric.label}
        self._engine = MetricFlowEngine(SemanticManifestLookup(manifest), _RenderedOnly())  # type: ignore[arg-type]

    def described(self) -> dict[str, str]:
        """Metric -> what it counts."""
        return {name: metric.description or "" for name, metric in sorted(self._metrics.items())}

    def groupings(self, name: str) -> list[str]:
        """By what a metric may be split.

        Raises:
            BadInput: there is no such metric.
        """
        self._check([name])
        return sorted(
            each.dunder_name for each in self._engine.simple_dimensions_for_metrics([name])
        )

    def sql(
        self,
        names: Sequence[str],
        by: Sequence[str] = (),
        where: Sequence[str] = (),
        first: dt.date | None = None,
        last: dt.date | None = None,
    ) -> str:
        """Write the SQL of metrics by dimensions, ordered by these; `first` and `last` are days.

        Raises:
            BadInput: a metric or dimension does not exist, or they do not go together.
        """
        self._check(names)
        try:
            explained = self._engine.explain(
                MetricFlowQueryRequest.create(
                    metric_names=list(names),
                    group_by_names=list(by),
                    where_constraints=list(where) or None,
                    order_by_names=list(by),
                    time_constraint_start=_midnight(first),
                    time_constraint_end=_midnight(last),
                )
            )
        except Exception as error:
            raise BadInput(
                "The metrics cannot be answered like this",
                str(error).strip(),
                f"see what it can be split by: make metric M={names[0]} BY=?",
            ) from error
        return str(explained.sql_statement.sql)

    def _check(self, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in self._metrics]
        if unknown:
            raise BadInput(
                f"There is no metric {unknown[0]}",
                "models/marts/semantic/_semantic__metrics.yml",
                f"one of {', '.join(sorted(self._metrics))}",
            )


def newest_manifest(settings: Settings) -> Path:
    """Find what the newest batch wrote: whoever asks need not say what exports it read."""
    folders = (settings.dbt_target_dir.with_name(carrier) for carrier in get_args(RawCarrier))
    written = [path for each in folders if (path := each / SEMANTIC_MANIFEST).exists()]
    return max(
        written,
        key=lambda path: path.stat().st_mtime,
        default=settings.dbt_target_dir / SEMANTIC_MANIFEST,
    )


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time.min) if day else None


def _relations(content: dict[str, Any]) -> list[dict[str, Any]]:
    spines = content["project_configuration"]["time_spines"]
    return [each["node_relation"] for each in (*content["semantic_models"], *spines)]


def main(argv: Sequence[str] | None = None) -> int:
    """Answer a question about metrics, or say which there are; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.metrics", description="Metrics of the published marts."
    )
    parser.add_argument("names", nargs="*", help="metrics; without any, they are listed")
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        help="a dimension, as metric_time__month; ? lists those of the metric",
    )
    parser.add_argument("--where", action="append", default=[], help="a filter of MetricFlow")
    parser.add_argument("--first", type=dt.date.fromisoformat, help="first day")
    parser.add_argument("--last", type=dt.date.fromisoformat, help="last day")
    parser.add_argument("--explain", action="store_true", help="show the SQL and do not ask it")
    arguments = parser.parse_args(argv)
    try:
        settings = Settings.from_env()
        metrics = Metrics(newest_manifest(settings))
        if not arguments.names:
            for name, description in metrics.described().items():
                print(f"{name:28}{description}")
            return 0
        if "?" in arguments.by:
            print(*metrics.groupings(arguments.names[0]), sep="\n")
            return 0
        query = metrics.sql(
            arguments.names, arguments.by, arguments.where, arguments.first, arguments.last
        )
        if arguments.explain:
            print(query)
            return 0
        with sql.connect(settings) as connection:
            sql.answer(connection, query, "table" if sys.stdout.isatty() else "csv")
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
