"""The project on both engines, and every mart compared: `make parity`.

Belongs here: building on both, the report, the verdict. Does not belong here: how tables are
compared (compare), how Spark builds (on_spark).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import duckdb

from orchestration.dbt_manifest import DbtManifest
from orchestration.layer import BUILT_LAYERS, Layer
from orchestration.restatement_tables import FILLED, keys_of_models
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.sql_text import literal, quoted
from parity.compare import TOLERANCE, Verdict, compare, parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

COMPARABLE: Final = tuple(layer for layer in BUILT_LAYERS if layer is not Layer.RAW)
SPARK: Final = PROJECT_DIR / ".venv-spark" / "bin" / "python"
#: Not compared, with the reason.
NOT_BUILT_BY_DBT: Final = "filled by the orchestration after the gates: on Spark it stays empty"


def require_spark() -> None:
    """Say what is missing before anything is built.

    Raises:
        SystemExit: there is no Java, or no environment of Spark.
    """
    if shutil.which("java") is None:
        raise SystemExit("Java 17 is needed: apt-get install openjdk-17-jre-headless")
    if not SPARK.exists():
        raise SystemExit("The environment of Spark is not there: make spark")


def build(
    folder: Path,
    *,
    of_spark: Mapping[str, str] | None = None,
    meanwhile: Callable[[subprocess.Popen[bytes]], None] | None = None,
) -> dict[str, Any]:
    """Build on both engines at once; returns what Spark says of its tables.

    Args:
        folder: emptied, for everything that is built.
        of_spark: environment variables of Spark's build alone.
        meanwhile: called with Spark's process once both are under way.

    Raises:
        SystemExit: one of them failed; its log is named.
    """
    shutil.rmtree(folder, ignore_errors=True)
    built = folder / "spark" / "built.json"
    built.parent.mkdir(parents=True)
    begun = time.perf_counter()
    under_way = {
        "DuckDB": _start(
            (sys.executable, "-m", "orchestration.run"), folder / "duckdb", folder / "duckdb.log"
        ),
        "Spark": _start(
            (str(SPARK), "-m", "parity.on_spark", "--into", str(built)),
            folder / "spark",
            folder / "spark.log",
            of_spark or {},
        ),
    }
    try:
        if meanwhile:
            meanwhile(under_way["Spark"])
        codes = {name: process.wait() for name, process in under_way.items()}
    finally:
        for process in under_way.values():
            if process.poll() is None:
                process.terminate()
    for name, code in codes.items():
        if code:
            log = folder / f"{name.lower()}.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
            raise SystemExit(f"{name} did not build. The end of {log}:\n{tail}")
    print(f"both engines built in {time.perf_counter() - begun:.0f} s")
    told: dict[str, Any] = json.loads(built.read_text(encoding="utf-8"))
    return told


def _start(
    command: Sequence[str], build_dir: Path, log: Path, more: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - commands of this project
            command,
            cwd=PROJECT_DIR,
            env={**os.environ, "AFTERMATH_BUILD_DIR": str(build_dir), **(more or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def verdicts(folder: Path, told: dict[str, Any], layers: Sequence[Layer]) -> Iterator[Verdict]:
    """Compare the tables of layers, in the order of the layers."""
    settings = Settings.from_env({"AFTERMATH_BUILD_DIR": str(folder / "duckdb")})
    manifest = DbtManifest.read(settings.dbt_target_dir / "manifest.json", settings.raw_carrier)
    keys = keys_of_models(manifest)
    spark = {each["table"]: each for each in (*told["marts"], *told["others"])}
    with duckdb.connect() as connection:
        for alias, path in (("work", settings.work_db), ("marts", settings.current_db.resolve())):
            connection.execute(f"attach {literal(str(path))} as {alias} (read_only)")
        for layer in layers:
            for unique_id in manifest.assets(layer):
                node = manifest.node(unique_id)
                table = f"{node['schema']}.{node['alias']}"
                if FILLED in node["config"].get("meta", {}) or table not in spark:
                    continue
                key = node["config"]["meta"].get("restated_key") or keys.get(unique_id)
                if not key:
                    raise ValueError(f"no test names the key of {table}")
                there = spark[table]
                yield compare(
                    connection,
                    table,
                    (
                        f"{'marts' if layer is Layer.MARTS else 'work'}."
                        f"{quoted(node['schema'])}.{quoted(node['alias'])}",
                        parquet(there["files"], there["columns"]),
                    ),
                    key,
                )


def main(argv: Sequence[str] | None = None) -> int:
    """Build, compare, report; 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m parity.run", description=__doc__)
    parser.add_argument("--all", action="store_true", help="staging and intermediate tables too")
    parser.add_argument("--built", action="store_true", help="compare what the last run built")
    given = parser.parse_args(argv)
    require_spark()
    folder = Settings.from_env().build_dir / "parity"
    if given.built:
        told = json.loads((folder / "spark" / "built.json").read_text(encoding="utf-8"))
    else:
        told = build(folder)
    return report(folder, told, COMPARABLE if given.all else (Layer.MARTS,))


def report(folder: Path, told: dict[str, Any], layers: Sequence[Layer]) -> int:
    """Compare what stands in a folder, and say what came of it; returns the exit code."""
    found = list(verdicts(folder, told, layers))
    for verdict in found:
        for difference in verdict.differences:
            print(f"DIFFERS {difference}")
    (folder / "report.json").write_text(
        json.dumps(
            [
                {
                    "table": verdict.table,
                    "rows": verdict.rows,
                    "checksums": verdict.checksums,
                    "differences": [each.what for each in verdict.differences],
                }
                for verdict in found
            ],
            indent=1,
        )
        + "\n"
    )
    differ = [verdict.table for verdict in found if verdict.differences]
    rows = sum(verdict.rows[0] for verdict in found)
    print(
        f"{len(found)} tables, {rows:,} rows: {len(found) - len(differ)} equal "
        f"(floats within {TOLERANCE:g}), {len(differ)} differ; Spark: "
        + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in told["seconds"].items())
    )
    if differ:
        print(
            f"Start with {differ[0]}, the first in the order of the layers; --built compares again"
        )
    return 1 if differ or not found else 0


if __name__ == "__main__":
    sys.exit(main())
