"""Taking in what an operator delivered, before dbt starts.

Belongs here: which batches and which day a run works on, and everything that must hold before it is
worth starting. Does not belong here: contents of rows; a row that breaks the contract is staging's
(quarantine), a table that looks wrong is a gate's.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from expectations import redaction
from orchestration import (
    fingerprints,
    intake_csv,
    intake_files,
    intake_key,
    intake_relations,
    landing_seal,
    manifests,
    published_ledger,
    raw_contract,
)
from orchestration.errors import BadInput
from orchestration.intake_reference import check_reference
from orchestration.settings import DEMO_PSEUDONYM_KEY, PROJECT_DIR
from orchestration.standing import TakenFile
from orchestration.work_database import open_work_database, opened

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from orchestration.settings import Settings

__all__ = ["SEEDS_DIR", "Intake", "check_reference", "inspect", "open_work_database", "take_in"]

SEEDS_DIR: Final = PROJECT_DIR / "seeds" / "raw"

#: Free space wanted: work database, candidate and spilled joins, per byte of input, and a base.
WORK_BYTES_PER_INPUT_BYTE: Final = 4
WORK_BYTES_BASE: Final = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run works on.

    Attributes:
        as_of_date: the day as of which everything is known.
        batches: number of batches known at that day.
        sample_rate: share of the real population that the exports hold; 1 = all.
        is_demo: whether every batch was generated (then the demo pseudonym key is good enough).
        book_id: the books that this delivery continues, see `published_ledger`.
        delivery_sha256: checksum of every file known at that day, see `fingerprints`.
        reference_sha256: checksum of the rules and registers, see `fingerprints`.
        rows: delivered rows per entity, 0 for an entity never delivered.
        files: the files known at that day; none for the bundled sample.
        is_incremental: whether only what arrived is built anew, see `plans`.
        built_on: file name of the generation that the candidate began as a copy of; empty where
            everything is built anew.
        changed: then, what is not as it was for the batch before, see `unaffected`.
        full_bytes: then, size of the databases after everything was built anew last.
        code_sha256: the code as the run began with it, see `fingerprints`.
        frame_sha256: of the bundled sample, that part of it which no single node is made of.
        nodes: of the bundled sample, what each node is made of.
        notes: what is worth telling although nothing is wrong with it; the caller logs them.
    """

    as_of_date: dt.date
    batches: int
    sample_rate: Decimal
    is_demo: bool
    book_id: str
    delivery_sha256: str
    reference_sha256: str
    rows: dict[str, int]
    notes: tuple[str, ...] = ()
    files: tuple[TakenFile, ...] = ()
    is_incremental: bool = False
    built_on: str = ""
    changed: tuple[str, ...] = ()
    full_bytes: int = 0
    code_sha256: str = ""
    frame_sha256: str = ""
    nodes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered, checked: what a run works on, and how its rows become readable."""

    intake: Intake
    make_readable: Callable[[], None]


def take_in(settings: Settings, seeds_dir: Path = SEEDS_DIR) -> Intake:
    """Check what was delivered and make it readable; see `inspect`, which says what is raised."""
    delivery = inspect(settings, seeds_dir)
    delivery.make_readable()
    return delivery.intake


def inspect(settings: Settings, seeds_dir: Path = SEEDS_DIR) -> Delivery:
    """Check what was delivered, to be made readable; to be called under the batch lock.

    That creates a view per entity and `raw.raw_batch_files`; dbt loads the bundled sample later.

    Raises:
        BadInput: see the message; nothing was published.
        DatabaseLocked: another process holds a database of the work area.
    """
    as_of = _requested_day(settings)
    if settings.landing:
        return _inspect_landing(settings, settings.landing, as_of)
    found = _inspect_seeds(settings, seeds_dir, as_of)
    return Delivery(found, lambda: _drop_views(settings))


def _drop_views(settings: Settings) -> None:
    if settings.work_db.exists():
        with open_work_database(settings) as connection:
            intake_relations.drop(connection, tables=False)


def _inspect_seeds(settings: Settings, seeds_dir: Path, as_of: dt.date | None) -> Intake:
    size, notes = 0, []
    for entity in raw_contract.ENTITIES:
        path = seeds_dir / f"{raw_contract.relation(entity)}.csv"
        contract = raw_contract.columns(entity)
        header = intake_csv.read(path, contract).header
        notes += [f"extra column {name} in {path.name}" for name in header if name not in contract]
        size += path.stat().st_size
    listing = intake_csv.read(
        seeds_dir / f"{raw_contract.relation('batch_files')}.csv", raw_contract.BATCH_FILES
    )
    days = [_listed_day(listing, number) for number in range(len(listing.rows))]
    if not days:
        raise BadInput("No batch is listed", str(listing.path), "generate the sample again")
    as_of = _effective_day(days, as_of, str(listing.path))
    rows, rates = dict.fromkeys(raw_contract.ENTITIES, 0), set()
    columns = (listing.column(name) for name in ("entity", "row_count", "sample_rate"))
    for number, (day, entity, count, rate) in enumerate(zip(days, *columns, strict=True)):
        if day > as_of:
            continue
        try:
            rows[entity] += int(count)
            rates.add(Decimal(rate))
        except (KeyError, ValueError, InvalidOperation) as error:
            raise BadInput(
                "The entity is unknown, or row_count or sample_rate is not a number",
                listing.at(number),
                "generate the sample again",
            ) from error
    _check_work_area(settings, size)
    return Intake(
        as_of_date=as_of,
        batches=len({day for day in days if day <= as_of}),
        sample_rate=_one_rate(rates, str(listing.path)),
        is_demo=True,
        book_id=published_ledger.book_id(
            (
                sha256
                for day, sha256 in zip(days, listing.column("sha256"), strict=True)
                if day == min(days)
            ),
            settings.pseudonym_key or DEMO_PSEUDONYM_KEY,
        ),
        delivery_sha256=fingerprints.of_files(
            (str(day), name, sha256)
            for day, name, sha256 in zip(
                days, listing.column("file_name"), listing.column("sha256"), strict=True
            )
            if day <= as_of
        ),
        reference_sha256=fingerprints.of_folder(settings.reference),
        rows=rows,
        notes=tuple(notes),
    )


def _inspect_landing(settings: Settings, root: Path, as_of: dt.date | None) -> Delivery:
    landing = manifests.read_landing(root, as_of, settings.intake_limits)
    batches = landing.batches
    as_of = _effective_day(landing.days, as_of, str(root))
    is_demo = all(batch.is_demo for batch in batches)
    if not is_demo:
        intake_key.require(settings, where=str(root))
    rate = _one_rate({batch.sample_rate for batch in batches}, str(root))
    files = [file for batch in batches for file in batch.files]
    checked = intake_files.check(files, settings.intake_limits)
    _check_work_area(settings, sum(file.size for file in checked))
    rows = dict.fromkeys(raw_contract.ENTITIES, 0)
    for file in files:
        rows[file.entity] += file.rows
    found = Intake(
        as_of_date=as_of,
        batches=len(batches),
        sample_rate=rate,
        is_demo=is_demo,
        book_id=published_ledger.book_id(
            (file.sha256 for file in batches[0].files),
            settings.pseudonym_key or DEMO_PSEUDONYM_KEY,
        ),
        delivery_sha256=fingerprints.of_files(
            (str(file.batch_date), file.path.name, file.sha256) for file in files
        ),
        reference_sha256=fingerprints.of_folder(settings.reference),
        rows=rows,
        notes=(
            *(f"folder {name} has no manifest: not there yet" for name in landing.not_there_yet),
            *_extra_columns(checked),
        ),
        files=tuple(sorted(map(_taken, checked))),
    )

    def make_readable() -> None:
        with open_work_database(settings) as connection:
            intake_relations.create(
                connection,
                root,
                checked,
                batches,
                settings.work_dir / "landing_csv",
                limits=settings.intake_limits,
            )
        landing_seal.keep(settings, {file.listed.path: file.seal for file in checked})
        # Text was read once more, into Parquet: it has to be the text that was checked.
        landing_seal.require_unbroken(settings)

    return Delivery(found, make_readable)


def _taken(file: intake_files.CheckedFile) -> TakenFile:
    listed = file.listed
    layout = fingerprints.of_text(file.layout)
    return TakenFile(listed.relative_name, listed.entity, listed.sha256, layout, listed.rows)


def _requested_day(settings: Settings) -> dt.date | None:
    if not settings.as_of:
        return None
    day = manifests.day(settings.as_of)
    if day is None:
        remedy = "write it as YYYY-MM-DD, or leave it out for the newest batch"
        what = f"The as-of day {settings.as_of!r} is not a day"
        raise BadInput(what, "AS_OF / AFTERMATH_AS_OF", remedy)
    return day


def _listed_day(listing: intake_csv.Table, number: int) -> dt.date:
    text = listing.rows[number][listing.header.index(raw_contract.BATCH_DATE)]
    day = manifests.day(text)
    if day is None:
        raise BadInput(
            f"batch_date {text!r} is not a day", listing.at(number), "generate the sample again"
        )
    return day


def _effective_day(days: Iterable[dt.date], requested: dt.date | None, where: str) -> dt.date:
    """Settle the day of the run: the requested one, or that of the newest batch delivered."""
    first, newest = min(days), max(days)
    as_of = requested or newest
    if as_of < first:
        raise BadInput(
            f"The as-of day {as_of} is before the first batch, {first}: nothing was known then",
            where,
            f"choose a day from {first} on",
        )
    return as_of


def _one_rate(rates: Iterable[Decimal], where: str) -> Decimal:
    found = sorted(set(rates))
    if len(found) > 1:
        raise BadInput(
            f"Batches have different sample rates: {', '.join(map(str, found))}",
            where,
            "deliver exports of one population only; the manifests say which is which",
        )
    return found[0]


def _check_work_area(settings: Settings, input_bytes: int) -> None:
    """Room to work and nobody else in the databases."""
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    databases = [path for path in (settings.work_db, settings.candidate_db) if path.exists()]
    for path in databases:
        with opened(path):
            pass
    needed = WORK_BYTES_BASE + WORK_BYTES_PER_INPUT_BYTE * input_bytes
    reused = sum(path.stat().st_size for path in databases)
    free = shutil.disk_usage(settings.work_dir).free
    if free + reused < needed:
        raise BadInput(
            f"Not enough disk space: about {needed / 1e9:.1f} GB are needed, "
            f"{(free + reused) / 1e9:.1f} GB are free",
            str(settings.work_dir),
            "make room, or set AFTERMATH_BUILD_DIR to a larger disk",
        )


def _extra_columns(files: Iterable[intake_files.CheckedFile]) -> list[str]:
    counts = Counter((file.listed.entity, name) for file in files for name in file.extra_columns)
    return [
        f"extra column {redaction.column_name(name)} in {count} files of {entity}"
        for (entity, name), count in sorted(counts.items())
    ]
