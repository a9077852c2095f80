"""The bundled sample: a small generation as CSV, one file per entity.

Belongs here: turning a landing area into the seeds of `seeds/raw`. Does not belong here: rows of
its own - the sample is a generation like any other.
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.raw_contract import BATCH_FILES, ENTITIES, columns
from scenarios.generator import generation
from scenarios.generator.database import literal
from scenarios.generator.delivery import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_DIRECTORY = generation.PROJECT_DIR / "seeds" / "raw"

#: One line in a thousand.
SCALE = "0.001"


def write(
    directory: Path,
    *,
    scale: str = SCALE,
    scenario_file: Path = generation.DEFAULT_SCENARIO,
    reference: Path = generation.DEFAULT_REFERENCE,
    seed: int | None = None,
    quiet: bool = False,
) -> None:
    """Write `raw_<entity>.csv` for every entity, and `raw_batch_files.csv`."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sample-") as scratch:
        out = Path(scratch) / "generation"
        generation.generate(
            out,
            scale,
            scenario_file=scenario_file,
            reference=reference,
            seed=seed,
            quiet=quiet,
        )
        landing = out / "landing"
        with duckdb.connect(":memory:") as connection:
            for entity in ENTITIES:
                _write_entity(connection, landing, entity, directory / f"raw_{entity}.csv")
        with (directory / "raw_batch_files.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(BATCH_FILES)
            writer.writerows(_batch_files(landing))


def _write_entity(
    connection: duckdb.DuckDBPyConnection, landing: Path, entity: str, target: Path
) -> None:
    names = columns(entity)
    files = sorted(str(file) for file in landing.glob(f"*/{entity}.parquet"))
    if not files:
        target.write_text(",".join(names) + "\n", encoding="utf-8")
        return
    listed = ", ".join(names)
    connection.execute(
        f"copy (select {listed} from read_parquet({literal(files)}, union_by_name = true) "  # noqa: S608
        f"order by batch_date, {listed}) to {literal(str(target))} "
        "(format csv, header, dateformat '%Y-%m-%d', timestampformat '%Y-%m-%d %H:%M:%S')"
    )


def _batch_files(landing: Path) -> Iterator[tuple[object, ...]]:
    for manifest_file in sorted(landing.glob(f"*/{MANIFEST}")):
        manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
        for file in manifest["files"]:
            yield (
                manifest["batch_date"],
                file["entity"],
                f"{manifest['batch_date']}/{file['name']}",
                file["rows"],
                file["sha256"],
                manifest["sample_rate"],
            )
