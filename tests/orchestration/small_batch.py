"""The real job on a project of eight tables, with stand-ins for dbt and for Great Expectations.

Everything of the orchestration is real: intake of the sample, steps, checks, gates, records, the
candidate and publishing. A batch takes a second or two, so that a test can run several.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb

from expectations.verdicts import Outcome, TableVerdict
from orchestration import (
    batch,
    batch_lock,
    briefing_page,
    candidate,
    definitions,
    publication,
    published_ledger,
)
from orchestration.dbt_manifest import DbtManifest
from orchestration.dbt_session import DbtError, DbtResult, DbtRun
from orchestration.instance import open_instance
from orchestration.layer import BUILT_LAYERS, WAREHOUSE_POOL, Layer
from orchestration.partitions import BATCH_DATES
from orchestration.restatement_step import RESTATEMENTS_KEY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    import pytest

    from orchestration.settings import Settings

_MARTS = [(schema, f"fct_{schema}") for schema in candidate.SCHEMAS]
_TABLES = {
    Layer.RAW: [("raw", "raw_batch_files")],
    Layer.STAGING: [("staging", "stg_things")],
    Layer.INTERMEDIATE: [("intermediate", "int_things")],
    Layer.MARTS: _MARTS,
}


def _node(kind: str, schema: str, name: str, layer: Layer, **more: Any) -> dict[str, Any]:
    unique_id = f"{kind}.small.{name}"
    return {
        "unique_id": unique_id,
        "name": name,
        "alias": name,
        "schema": schema,
        "database": "candidate" if layer is Layer.MARTS else "warehouse",
        "resource_type": kind,
        "package_name": "small",
        "fqn": ["small", layer.value, name],
        "original_file_path": f"models/{layer}/{name}.sql",
        "path": f"{name}.sql",
        "description": f"The table {name} of the small project.",
        "checksum": {"checksum": "none"},
        "columns": {},
        "tags": [],
        "meta": {},
        "config": {
            "materialized": "table",
            "severity": "error",
            "tags": [],
            "meta": {"restated_key": ["as_of_date"]} if layer is Layer.MARTS else {},
        },
        "depends_on": {"nodes": []},
        "group": None,
        **more,
    }


def _manifest() -> DbtManifest:
    nodes: dict[str, dict[str, Any]] = {}
    before: list[str] = []
    for layer in BUILT_LAYERS:
        built = []
        for schema, name in _TABLES[layer]:
            kind = "seed" if layer is Layer.RAW else "model"
            node = _node(kind, schema, name, layer, depends_on={"nodes": before})
            rule = _node(
                "test",
                schema,
                f"one_row_per_{name}",
                layer,
                depends_on={"nodes": [node["unique_id"]]},
                attached_node=node["unique_id"],
            )
            nodes |= {node["unique_id"]: node, rule["unique_id"]: rule}
            built.append(node["unique_id"])
        before = built
    parents = {name: node["depends_on"]["nodes"] for name, node in nodes.items()}
    content = {
        "nodes": nodes,
        "sources": {},
        "groups": {},
        "macros": {},
        "exposures": {},
        "parent_map": parents,
        "child_map": {
            name: [child for child, above in parents.items() if name in above] for name in nodes
        },
        "metadata": {"project_name": "small"},
    }
    return DbtManifest(content, "seeds")


@dataclass
class Small:
    """The project, and what is wrong with it: set a fault, run, mend it, run again.

    Attributes:
        settings: where it is built.
        dbt_fails_in: layer that dbt cannot build.
        dbt_fails_on: as-of day on which it cannot; every day if empty.
        spoiled: tables on which a suite finds faults.
        built: layers that dbt was asked for, in order.
        kept_rows: whether the tables built by key were to keep their rows then.
    """

    settings: Settings
    dbt_fails_in: str = ""
    dbt_fails_on: str = ""
    spoiled: set[str] = field(default_factory=set)
    built: list[str] = field(default_factory=list)
    kept_rows: list[bool] = field(default_factory=list)

    def run(self, settings: Settings | None = None, asked: batch.Asked = batch.PLAIN) -> Any:
        """Run a batch as the command line does."""
        with batch_lock.hold(self.settings):
            return batch.run(settings or self.settings, self.judge, asked=asked)

    def judge(
        self, layer: str, _database: Path, tables: Collection[str]
    ) -> Mapping[str, TableVerdict]:
        """Give the verdict of Great Expectations."""
        return {
            table: TableVerdict(
                layer,
                table,
                (
                    Outcome(
                        "Things are plausible",
                        "critical",
                        passed=table not in self.spoiled,
                        observed="3 rows",
                    ),
                ),
                row_count=3,
            )
            for table in tables
        }

    def steps(self, run_id: str) -> list[str]:
        """List the steps of a run that ended well, in order."""
        with open_instance(self.settings) as instance:
            stats = instance.get_run_step_stats(run_id)
        done = [each for each in stats if each.status and each.status.value == "SUCCESS"]
        return [each.step_key for each in sorted(done, key=lambda each: each.start_time or 0)]


def install(patch: pytest.MonkeyPatch, settings: Settings) -> Small:
    """Put the small project in the place of the real one."""
    small = Small(settings)
    manifest = _manifest()

    class Dbt:
        """What the steps ask of a dbt session."""

        def __init__(self, its_settings: Settings) -> None:
            self.settings = its_settings
            self.seconds = 0.0

        def manifest(self) -> DbtManifest:
            return manifest

        def build(
            self,
            unique_ids: Sequence[str],
            as_of_date: dt.date,
            *,
            is_incremental: bool,
            when_built: Callable[[str], None],
        ) -> DbtRun:
            # There is no SQL to read columns from, so nothing is told; but who asks is there.
            assert callable(when_built)
            small.kept_rows.append(is_incremental)
            return _build(small, manifest, self.settings, unique_ids, as_of_date)

    patch.setattr(batch, "DbtSession", Dbt)
    # There is no ledger and no comparison among the eight tables.
    patch.setattr(published_ledger, "bring", lambda *_: 0)
    patch.setattr(published_ledger, "bring_on", lambda *_: (0, False))
    patch.setattr(definitions, "restatement_step", _no_comparison)
    patch.setattr(publication, "require_filled", lambda _: None)
    # The file and its link are real; there is nothing to draw.
    patch.setattr(briefing_page, "_render", lambda *_: "a page")
    patch.setattr(
        batch.definitions, "build", partial(definitions.build, tables_with_suite=_with_suite)
    )
    return small


def _no_comparison(*_: object) -> dg.AssetsDefinition:
    @dg.asset(
        key=RESTATEMENTS_KEY,
        pool=WAREHOUSE_POOL,
        partitions_def=BATCH_DATES,
        deps=[dg.AssetKey(list(mart)) for mart in _MARTS],
    )
    def restatements() -> None:
        return

    return restatements


def _with_suite(layer: str) -> tuple[str, ...]:
    return tuple(f"{schema}.{name}" for schema, name in _TABLES[Layer(layer)])


def _build(
    small: Small,
    manifest: DbtManifest,
    settings: Settings,
    unique_ids: Sequence[str],
    as_of_date: dt.date,
) -> DbtRun:
    if not unique_ids:
        return DbtRun((), 0.0)
    nodes = [manifest.node(unique_id) for unique_id in unique_ids]
    layer = Layer(nodes[0]["fqn"][1])
    small.built.append(layer.value)
    if layer.value == small.dbt_fails_in and small.dbt_fails_on in {"", str(as_of_date)}:
        raise DbtError("no memory for 'Kim Minji', 01012345678")
    with duckdb.connect(str(layer.database(settings))) as connection:
        for node in nodes:
            if node["resource_type"] != "test":
                connection.execute(f"create schema if not exists {node['schema']}")
                connection.execute(
                    f"create or replace table {node['schema']}.{node['name']} as "
                    f"select date '{as_of_date}' as as_of_date, "
                    "cast(null as date) as batch_date, 'things' as entity, 'none' as sha256"
                )
    return DbtRun(
        tuple(
            DbtResult(
                node["unique_id"],
                "pass" if node["resource_type"] == "test" else "success",
                "",
                0 if node["resource_type"] == "test" else None,
                0.0,
                None,
            )
            for node in nodes
        ),
        0.0,
    )
