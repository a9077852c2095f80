"""The project on both engines, and every mart compared: `make parity`.

Belongs here: building on both, the report, the verdict. Does not belong here: how tables are
compared (compare), how Spark builds (on_spark), builds on a landing area (landing).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import duckdb

from orchestration.dbt_manifest import DbtManifest
from orchestration.layer import BUILT_LAYERS, Layer
from orchestration.restatement_tables import FILLED, keys_of_models
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.sql_text import literal, quoted
from parity.compare import TOLERANCE, Difference, Verdict, compare, parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

COMPARABLE: Final = tuple(layer for layer in BUILT_LAYERS if layer is not Layer.RAW)
SPARK: Final = PROJECT_DIR / ".venv-spark" / "bin" / "python"
#: The bundled sample holds one line in a thousand.
SCALE_OF_SAMPLE: Final = "0.001"
#: What is not compared, with the reason.
LEFT_OUT: Final = {
    FILLED: "filled by the orchestration after the gates of DuckDB: dbt leaves these marts empty",
    "views before the marts": "hold no rows of their own: what reads them is compared",
}


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
    """Build the sample on both engines at once; returns what Spark says of its tables.

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
        "DuckDB": start(
            (sys.executable, "-m", "orchestration.run"),
            folder / "duckdb",
            folder / "duckdb.log",
            # Spark has no landing area of its own: see landing.
            {"AFTERMATH_LANDING": ""},
        ),
        "Spark": start(
            (str(SPARK), "-m", "parity.on_spark", "--into", str(built)),
            folder / "spark",
            folder / "spark.log",
            of_spark,
        ),
    }
    with ended_with_us(under_way):
        if meanwhile:
            meanwhile(under_way["Spark"])
        finish(under_way, folder)
    print(f"both engines built in {time.perf_counter() - begun:.0f} s", flush=True)
    return told_in(folder)


@contextmanager
def ended_with_us(under_way: Mapping[str, subprocess.Popen[bytes]]) -> Iterator[None]:
    """Leave no build behind that nobody waits for any more."""
    try:
        yield
    finally:
        for process in under_way.values():
            if process.poll() is None:
                process.terminate()


def finish(under_way: Mapping[str, subprocess.Popen[bytes]], folder: Path) -> None:
    """Wait for builds.

    Raises:
        SystemExit: one of them failed; its log is named.
    """
    for name, process in under_way.items():
        if process.wait():
            log = folder / f"{name.lower()}.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
            raise SystemExit(f"{name} did not build. The end of {log}:\n{tail}")


def told_in(folder: Path) -> dict[str, Any]:
    """Read what Spark said of its tables when it built them last."""
    told: dict[str, Any] = json.loads((folder / "spark" / "built.json").read_text("utf-8"))
    return told


def start(
    command: Sequence[str], build_dir: Path, log: Path, more: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a build in its own build directory, with more environment variables if given."""
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
    settings = settings_of(folder, told.get("landing", ""))
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
                if is_left_out(node, layer):
                    continue
                if table not in spark:
                    missing = Difference(table, "Spark has no such table")
                    yield Verdict(table, (0, 0), ("", ""), (missing,))
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


def is_left_out(node: Mapping[str, Any], layer: Layer) -> bool:
    """Whether a model is compared: see LEFT_OUT for what is not, and why."""
    meta = node["config"].get("meta", {})
    return FILLED in meta or (layer is not Layer.MARTS and node["config"]["materialized"] == "view")


def settings_of(folder: Path, landing: str) -> Settings:
    """Tell where the build on DuckDB lies."""
    return Settings.from_env(
        {"AFTERMATH_BUILD_DIR": str(folder / "duckdb"), "AFTERMATH_LANDING": landing}
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Build, compare, report; 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m parity.run", description=__doc__)
    parser.add_argument("--all", action="store_true", help="staging and intermediate tables too")
    parser.add_argument("--built", action="store_true", help="compare what the last run built")
    parser.add_argument("--scale", help="generate raw exports at this scale; default: the sample")
    parser.add_argument(
        "--phases", type=int, choices=(1, 2), default=1, help="2: the newest batch on its own"
    )
    given = parser.parse_args(argv)
    require_spark()
    folder = Settings.from_env().build_dir / "parity"
    layers = COMPARABLE if given.all else (Layer.MARTS,)
    if given.built:
        return report(folder, told_in(folder), layers)
    own = Settings.from_env().landing
    is_sample = Decimal(given.scale or SCALE_OF_SAMPLE) == Decimal(SCALE_OF_SAMPLE)
    if own is None and is_sample and given.phases == 1:
        return report(folder, build(folder), layers)
    from parity import landing  # noqa: PLC0415 - it is made of what stands here

    shutil.rmtree(folder, ignore_errors=True)
    source = own or landing.generated(folder, given.scale or SCALE_OF_SAMPLE)
    code = 0
    for told in landing.phases(folder, source, given.phases):
        code = max(code, report(folder, told, layers))
    if given.phases == 2:
        print(f"{len(told['merged'])} keyed tables of Spark lost and got rows by a merge")
        if nothing := proves_nothing(told):
            print(nothing)
            return 1
    return code


def proves_nothing(told: Mapping[str, Any]) -> str:
    """Say why a second phase says nothing of tables that keep their rows; the empty text if not."""
    if not told["is_incremental"]:
        return "The second phase built everything: it says nothing of tables that keep their rows"
    if not told["merged"]:
        return "Spark replaced no row by a merge: it built everything anew, or had nothing to keep"
    return ""


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
