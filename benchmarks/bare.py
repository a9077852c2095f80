"""The models of a finished batch once more, in one bare process: `python -m benchmarks.bare`.

Belongs here: the same compiled SQL in the order of the graph, without dbt, Dagster, Great
Expectations and publishing. Does not belong here: comparing times (floor).

What the batch was given is taken from its work area before the clock starts: the registers and the
sample as dbt loaded them, the views over a landing area, the ledger published before, and what the
orchestrator fills in after dbt. What counts is the time from opening the databases to closing them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import yaml

from orchestration import attached_tables
from orchestration.block_reserve import reserve
from orchestration.database_format import DATABASE_FORMAT
from orchestration.restatement_tables import is_filled
from orchestration.settings import DEMO_PSEUDONYM_KEY, PROJECT_DIR, Settings
from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

#: Statements at a time, as many as dbt runs (`threads` of the profile).
_AT_A_TIME: Final = 2
_MARTS: Final = "candidate"
#: The import of a relation as models are written.
_IMPORT: Final = r"as \((\s*select \* from {}\s*\))"


@dataclass(frozen=True, slots=True)
class Model:
    """A model as dbt compiled it: where its table stands, its SQL, and the models it reads."""

    unique_id: str
    database: str
    schema: str
    name: str
    layer: str
    is_view: bool
    sql: str
    reads: tuple[str, ...]

    @property
    def relation(self) -> str:
        """Its table, quoted."""
        return f"{quoted(self.database)}.{quoted(self.schema)}.{quoted(self.name)}"


def newest_target(build: Path) -> Path:
    """Find where dbt compiled the newest batch of a build directory."""
    manifests = sorted(build.glob("dbt/*/manifest.json"), key=lambda path: path.stat().st_mtime)
    if not manifests:
        raise SystemExit(f"{build} holds no batch: run one there first")
    return manifests[-1].parent


def models(target: Path) -> dict[str, Model]:
    """Read the compiled models of a target directory; what is filled by Python is left out."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    found = {}
    for unique_id, node in nodes.items():
        if node["resource_type"] != "model" or is_filled(node):
            continue
        compiled = target / "compiled" / node["package_name"] / node["original_file_path"]
        found[unique_id] = Model(
            unique_id=unique_id,
            database=node["database"],
            schema=node["schema"],
            name=node["alias"],
            layer=node["fqn"][1],
            is_view=node["config"]["materialized"] == "view",
            sql=tables_where_read(compiled.read_text(encoding="utf-8"), node, nodes),
            reads=tuple(node["depends_on"]["nodes"]),
        )
    return found


def tables_where_read(sql: str, node: Mapping[str, Any], nodes: Mapping[str, Any]) -> str:
    """Read tables where they are used, as dbt has DuckDB do it (macros/engine/imports.sql)."""
    for read in node["depends_on"]["nodes"]:
        table = nodes.get(read)
        if (
            table
            and table.get("relation_name")
            and table["config"]["materialized"] not in {"view", "ephemeral"}
        ):
            import_of_table = _IMPORT.format(re.escape(table["relation_name"]))
            sql = re.sub(import_of_table, r"as not materialized (\1", sql)
    return sql


def session_settings() -> Mapping[str, Any]:
    """Read the settings of DuckDB that the profile gives dbt."""
    profile = yaml.safe_load((PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
    output = profile["aftermath"]["outputs"]["duckdb"]
    return {
        name: value
        for name, value in {**output["config_options"], **output["settings"]}.items()
        if "{{" not in str(value) and not re.match("auto|storage", name)
    }


def prepare(build: Path, folder: Path, built: Mapping[str, Model]) -> None:
    """Copy what the models are given into new databases; not timed."""
    folder.mkdir(parents=True)
    made = {(model.database, model.schema, model.name) for model in built.values()}
    published = (build / "published" / "current.duckdb").resolve()
    with duckdb.connect(str(folder / "warehouse.duckdb"), config=DATABASE_FORMAT) as connection:
        connection.execute(f"attach {literal(str(folder / 'candidate.duckdb'))} as {_MARTS}")
        for alias, path, into in (
            ("given", build / "work" / "warehouse.duckdb", "warehouse"),
            ("given_marts", published, _MARTS),
        ):
            connection.execute(f"attach {literal(str(path))} as {alias} (read_only)")
            for schema, name in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = ?",
                [alias],
            ).fetchall():
                connection.execute(f"create schema if not exists {into}.{quoted(schema)}")
                if (into, schema, name) not in made:
                    connection.execute(
                        f"create table {into}.{quoted(schema)}.{quoted(name)} as "
                        f"from {alias}.{quoted(schema)}.{quoted(name)}"
                    )
            for (view,) in connection.execute(
                "select sql from duckdb_views() where database_name = ? and not internal "
                "and schema_name = 'raw'",
                [alias],
            ).fetchall():
                connection.execute(view)
            connection.execute(f"detach {alias}")


def build_all(folder: Path, built: Mapping[str, Model], memory_limit: str) -> dict[str, float]:
    """Build every model, two at a time; returns seconds by model."""
    seconds: dict[str, float] = {}
    sorter = TopologicalSorter(
        {each: [read for read in model.reads if read in built] for each, model in built.items()}
    )
    sorter.prepare()
    limit = {"memory_limit": memory_limit, **reserve(memory_limit)} if memory_limit else {}
    with (
        duckdb.connect(
            str(folder / "warehouse.duckdb"), config={**DATABASE_FORMAT, **limit}
        ) as connection,
        ThreadPoolExecutor(_AT_A_TIME) as pool,
    ):
        connection.execute(f"attach {literal(str(folder / 'candidate.duckdb'))} as {_MARTS}")
        for name, value in session_settings().items():
            connection.execute(f"set global {name} = {literal(str(value))}")
        under_way: set[Future[str]] = set()
        while sorter.is_active():
            for unique_id in sorter.get_ready():
                under_way.add(pool.submit(_build, connection, built[unique_id], seconds))
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            sorter.done(*(each.result() for each in done))
    return seconds


def _build(connection: duckdb.DuckDBPyConnection, model: Model, seconds: dict[str, float]) -> str:
    with connection.cursor() as cursor:
        key = Settings.from_env().pseudonym_key or DEMO_PSEUDONYM_KEY
        cursor.execute("set variable pseudonym_key = ?", [key])
        begun = time.perf_counter()
        kind = "view" if model.is_view else "table"
        cursor.execute(f"create {kind} {model.relation} as {model.sql}")
        seconds[model.unique_id] = time.perf_counter() - begun
    return model.unique_id


def differences(folder: Path, build: Path, marts: Sequence[tuple[str, str]]) -> list[str]:
    """Name the marts that are not those of the batch, row for row; one that is missing is none."""
    published = (build / "published" / "current.duckdb").resolve()
    with duckdb.connect() as connection:
        bare = folder / "candidate.duckdb"
        connection.execute(f"attach {literal(str(bare))} as bare (read_only)")
        connection.execute(f"attach {literal(str(published))} as batch (read_only)")
        columns = attached_tables.columns(connection, "bare")
        return [
            f"{schema}.{name}"
            for schema, name in marts
            if not _are_equal(connection, f"{schema}.{name}", columns.get(f"{schema}.{name}", {}))
        ]


def _are_equal(connection: duckdb.DuckDBPyConnection, mart: str, columns: Collection[str]) -> bool:
    # By name, for a contract puts columns into the order of their description.
    row = ", ".join(quoted(column) for column in sorted(columns))
    sides = [
        f"select count(*), bit_xor(hash({row})) from {side}.{mart}"  # noqa: S608
        for side in ("bare", "batch")
    ]
    return bool(columns) and len({connection.execute(side).fetchone() for side in sides}) == 1


def _largest(*, forget: bool = False) -> int:
    """Tell the largest resident memory of this process since it forgot; 0 where unknown."""
    own = Path("/proc/self")
    if not own.exists():
        return 0
    if forget:
        (own / "clear_refs").write_text("5")
    found = re.search(r"VmHWM:\s+(\d+) kB", (own / "status").read_text())
    return int(found[1]) * 1024 if found else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Build, compare, print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bare", description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="directory of a finished batch")
    parser.add_argument("--into", type=Path, required=True, help="new directory for the databases")
    parser.add_argument("--memory-limit", default="", help="of DuckDB, such as 4GB")
    given = parser.parse_args(argv)
    built = models(newest_target(given.build))
    prepare(given.build, given.into, built)
    _largest(forget=True)
    begun = time.perf_counter()
    seconds = build_all(given.into, built, given.memory_limit)
    wall = time.perf_counter() - begun
    peak = _largest()
    # A view says what its tables say, and they are compared.
    marts = [
        (model.schema, model.name)
        for model in built.values()
        if model.layer == "marts" and not model.is_view
    ]
    by_layer: dict[str, float] = {}
    for unique_id, spent in seconds.items():
        layer = built[unique_id].layer
        by_layer[layer] = by_layer.get(layer, 0.0) + spent
    print(
        json.dumps(
            {
                "wall": wall,
                "peak_bytes": peak,
                "models": len(built),
                "by_layer": by_layer,
                "by_model": seconds,
                "differ": differences(given.into, given.build, marts),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
