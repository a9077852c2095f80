"""Writes the landing area: one folder per batch, one Parquet file per entity, one manifest.

Belongs here: files, their order and their checksums. Does not belong here: what stands in them.

The same rows give the same bytes: every file is written by one thread. Both cores are used by
writing two entities at a time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from orchestration.raw_contract import ENTITIES
from scenarios.generator.database import Workshop, literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from scenarios.generator.planning import Planner
    from scenarios.generator.progress import Progress

MANIFEST = "_manifest.json"

#: Entities whose first batch is big and is written on its own.
OPENING = ("lines", "contracts", "customers")

#: Measured on the lines: half the size of snappy, written and read as fast.
PARQUET = "format parquet, compression zstd, compression_level 1, parquet_version v2"


def write(workshop: Workshop, landing: Path, planner: Planner, progress: Progress) -> None:
    """Write every batch below `landing`."""
    landing.mkdir(parents=True)
    staged = landing.parent / "staged"
    staged.mkdir()
    workshop.connection.execute("set threads = 1")
    workshop.connection.execute("set preserve_insertion_order = true")
    # All partitions stay open: one file each.
    workshop.connection.execute("set partitioned_write_max_open_files = 2000")
    opening_on = planner.scenario.date("period.opening_on")
    (landing / str(opening_on)).mkdir()
    jobs = [("openings", entity) for entity in OPENING]
    jobs[1:1] = [("deliveries", "lines")]
    jobs += [("deliveries", entity) for entity in ENTITIES if entity != "lines"]

    # Made here: the parameters are copied from a connection that another thread may not use.
    cursors = {job: workshop.cursor() for job in jobs}

    def run(job: tuple[str, str]) -> None:
        schema, entity = job
        cursor = cursors[job]
        columns = ", ".join((*ENTITIES[entity], "batch_date"))
        query = f"select {columns} from {schema}.{entity}"  # noqa: S608
        if schema == "openings":
            target = landing / str(opening_on) / f"{entity}.parquet"
            cursor.execute(f"copy ({query}) to {literal(str(target))} ({PARQUET})")
        else:
            # Hive folders carry the batch; the column of the contract stays in the file.
            query = f"select *, batch_date as batch from ({query}) order by batch_date, {columns}"  # noqa: S608
            cursor.execute(
                f"copy ({query}) to {literal(str(staged / entity))} "
                f"({PARQUET}, partition_by (batch))"
            )
        cursor.close()
        progress.say(f"written {entity}{' (first batch)' if schema == 'openings' else ''}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, jobs))
    move_partitions(staged, landing)
    manifests(landing, planner)
    workshop.connection.execute("reset threads")
    progress.say("manifests")


def move_partitions(staged: Path, landing: Path) -> None:
    """From `<entity>/batch=<day>/data_0.parquet` to `<day>/<entity>.parquet`."""
    for entity_dir in sorted(staged.iterdir()):
        for partition in sorted(entity_dir.iterdir()):
            files = sorted(partition.iterdir())
            if len(files) != 1:
                raise RuntimeError(f"{partition} holds {len(files)} files instead of one")
            batch = landing / partition.name.removeprefix("batch=")
            batch.mkdir(exist_ok=True)
            target = batch / f"{entity_dir.name}.parquet"
            if target.exists():
                raise RuntimeError(f"{target} would be written twice")
            files[0].rename(target)
            partition.rmdir()
        entity_dir.rmdir()
    staged.rmdir()


def sample_rate(scale: Fraction) -> float:
    """Tell which share of its population an export holds: of a larger carrier it is all."""
    share = float(scale) if scale < 1 else 1.0
    return int(share) if share.is_integer() else share


def manifests(landing: Path, planner: Planner) -> None:
    """One manifest per batch, of every day a batch is due: an empty one says that it came."""
    with ThreadPoolExecutor(2) as pool:
        for day in batch_days(planner):
            batch = landing / str(day)
            batch.mkdir(exist_ok=True)
            files = sorted(batch.glob("*.parquet"))
            sums = pool.map(sha256_of, files)
            manifest = {
                "batch_date": str(day),
                "sample_rate": sample_rate(planner.scale),
                "is_demo": True,
                "files": [
                    {
                        "entity": file.stem,
                        "name": file.name,
                        "rows": pq.read_metadata(file).num_rows,
                        "sha256": sha256,
                    }
                    for file, sha256 in zip(files, sums, strict=True)
                ],
            }
            (batch / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def batch_days(planner: Planner) -> Iterator[dt.date]:
    """List the opening, the month ends, then every day."""
    daily_from = planner.scenario.date("period.daily_from")
    yield planner.scenario.date("period.opening_on")
    for day in planner.days:
        tomorrow = day + dt.timedelta(days=1)
        if day >= daily_from or tomorrow.day == 1 or tomorrow == daily_from:
            yield day


def sha256_of(file: Path) -> str:
    """Checksum of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
