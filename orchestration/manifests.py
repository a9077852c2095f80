"""What a landing area says it holds: batch folders and their manifests.

Belongs here: finding the batches and reading `_manifest.json`; every statement in it is checked for
form, none is believed. Does not belong here: opening the files it lists (`intake_files`).

A landing area is `<landing>/<YYYY-MM-DD>/` with data files and one `_manifest.json`, written last.
A folder without it is still being delivered and is left for a later run.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from orchestration import manifest_text, raw_contract
from orchestration.errors import BadInput
from orchestration.intake_limits import Limits
from orchestration.manifest_text import AS_EXPORTED as _AS_EXPORTED
from orchestration.manifest_text import told

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST_NAME: Final = "_manifest.json"
DATA_SUFFIXES: Final = (".parquet", ".csv")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
#: A path of Windows, and what DuckDB would take for a pattern of several files.
_MEANT_OTHERWISE = re.compile(r"[\\*?\[\]{}]")
_NAME_BYTES: Final = 255
_MOST_ROWS: Final = 10**12
_LEAST_RATE: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file as its manifest describes it; `path` is inside the batch folder."""

    batch_date: dt.date
    entity: str
    path: Path
    rows: int
    sha256: str

    @property
    def relative_name(self) -> str:
        """The file as seen from the landing area, `/` between the parts."""
        return f"{self.path.parent.name}/{self.path.name}"


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivered batch as its manifest describes it."""

    batch_date: dt.date
    folder: Path
    sample_rate: Decimal
    is_demo: bool
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, slots=True)
class Landing:
    """What stands in a landing area.

    Attributes:
        batches: those known at the as-of day, by date.
        later: days of complete batches after it; their manifests were not read.
        not_there_yet: folders without a manifest.
    """

    batches: tuple[Batch, ...]
    later: tuple[dt.date, ...]
    not_there_yet: tuple[str, ...]

    @property
    def days(self) -> tuple[dt.date, ...]:
        """All batches delivered, in order."""
        return (*(batch.batch_date for batch in self.batches), *self.later)


def read_landing(
    landing: Path, as_of: dt.date | None = None, limits: Limits | None = None
) -> Landing:
    """Find the batches of a landing area and read the manifests of those known at a day.

    Args:
        landing: folder of the batch folders.
        as_of: batches in folders of a later day are not looked into; None looks into all.
        limits: sizes up to which a manifest is read.

    Raises:
        BadInput: the area is missing or holds no batch, a manifest is malformed, or two batches
            claim one date.
    """
    measure = limits or Limits()
    if not landing.is_dir():
        raise BadInput(
            "The landing area does not exist or is not a folder",
            str(landing),
            "give the folder that holds one folder per batch date (LANDING=<dir>)",
        )
    folders = sorted(entry for entry in landing.iterdir() if _is_batch_folder(entry))
    complete = [folder for folder in folders if (folder / MANIFEST_NAME).exists()]
    if not complete:
        raise BadInput(
            "The landing area holds no complete batch",
            f"{landing} ({len(folders)} folders, none with a {MANIFEST_NAME})",
            f"deliver at least one folder <YYYY-MM-DD> with its files and {MANIFEST_NAME}",
        )
    later = {
        folder: date for folder in complete if as_of and (date := day(folder.name)) and date > as_of
    }
    documents = {
        folder: _read_document(folder, measure) for folder in complete if folder not in later
    }
    _refuse_shared_dates({folder: document[0] for folder, document in documents.items()})
    batches = [_batch(folder, *document, measure) for folder, document in documents.items()]
    return Landing(
        batches=tuple(sorted(batches, key=lambda batch: batch.batch_date)),
        later=tuple(sorted(later.values())),
        not_there_yet=tuple(
            folder.name for folder in folders if folder not in documents and folder not in later
        ),
    )


def read_batch(folder: Path, limits: Limits | None = None) -> Batch:
    """Read the manifest of one batch folder, whatever stands beside it.

    Raises:
        BadInput: the manifest is malformed, or its date is not the name of the folder.
    """
    measure = limits or Limits()
    date, document = _read_document(folder, measure)
    _refuse_shared_dates({folder: date})
    return _batch(folder, date, document, measure)


def _is_batch_folder(entry: Path) -> bool:
    """Whether an entry is meant as a batch; `_name` and `.name` are left to other tools."""
    if entry.name.startswith((".", "_")):
        return False
    if entry.is_symlink():
        raise BadInput(
            "A link stands where a batch folder is expected",
            str(entry),
            "put the folder itself into the landing area: nothing outside it is read",
        )
    return entry.is_dir()


def _read_document(folder: Path, limits: Limits) -> tuple[dt.date, dict[str, Any]]:
    """Read a manifest: the date it claims, and all of it."""
    path = folder / MANIFEST_NAME
    document = manifest_text.read(path, limits)
    date = day(document.get("batch_date"))
    if date is None:
        raise BadInput(
            f"batch_date is {told(document.get('batch_date'))}, not a day YYYY-MM-DD",
            str(path),
            _AS_EXPORTED,
        )
    return date, document


def _refuse_shared_dates(dates: dict[Path, dt.date]) -> None:
    """No date twice, in whatever spelling; then: every folder is named as its date."""
    folders_of = defaultdict(list)
    for folder, date in dates.items():
        folders_of[date].append(folder)
    for date, folders in folders_of.items():
        if len(folders) > 1:
            raise BadInput(
                f"Two batches have the same date {date}",
                ", ".join(str(folder / MANIFEST_NAME) for folder in folders),
                "keep the right one; a correction is delivered under a later date",
            )
    for folder, date in dates.items():
        if folder.name != date.isoformat():
            raise BadInput(
                f"A batch folder is named {folder.name}, but its batch_date is {date}",
                str(folder / MANIFEST_NAME),
                "deliver the batch in the folder of its date",
            )


def _batch(folder: Path, date: dt.date, document: dict[str, Any], limits: Limits) -> Batch:
    where = str(folder / MANIFEST_NAME)
    sample_rate = document.get("sample_rate")
    if isinstance(sample_rate, bool) or not isinstance(sample_rate, int | Decimal):
        sample_rate = 0
    if not _LEAST_RATE <= sample_rate <= 1:
        raise BadInput(
            f"sample_rate is {told(document.get('sample_rate'))}, not a share above 0 and up to 1",
            where,
            "state the share of the population that the export holds; 1 = all",
        )
    is_demo = document.get("is_demo", False)
    if not isinstance(is_demo, bool):
        raise BadInput(f"is_demo is {told(is_demo)}, not true or false", where, _AS_EXPORTED)
    listed = document.get("files")
    if not isinstance(listed, list):
        raise BadInput("files is not a list", where, _AS_EXPORTED)
    if len(listed) > limits.manifest_files:
        raise manifest_text.too_large(
            folder / MANIFEST_NAME, "manifest_files", limits.manifest_files
        )
    files = tuple(_listed_file(folder, date, number, item) for number, item in enumerate(listed, 1))
    _refuse_unlisted(folder, [file.path.name for file in files])
    if not sum(file.rows for file in files):
        raise BadInput(
            "A batch is empty: its manifest lists no row",
            where,
            "deliver the day's rows, or take the folder away if nothing happened",
        )
    return Batch(date, folder, Decimal(sample_rate), is_demo, files)


def _listed_file(folder: Path, date: dt.date, number: int, item: object) -> ListedFile:
    where = f"{folder / MANIFEST_NAME}, file {number}"
    if not isinstance(item, dict):
        raise BadInput("An entry of files is not a JSON object", where, _AS_EXPORTED)
    entity, name, rows, sha256 = (item.get(key) for key in ("entity", "name", "rows", "sha256"))
    if not isinstance(entity, str) or entity not in raw_contract.ENTITIES:
        raise BadInput(
            f"Unknown entity {told(entity)}",
            where,
            "use an entity of the raw contract: " + ", ".join(raw_contract.ENTITIES),
        )
    if not isinstance(name, str) or not _is_plain_name(name):
        raise BadInput(
            f"{told(name)} is not the name of a data file in the batch folder",
            where,
            "list plain names ending in .parquet or .csv; nothing outside the folder is read",
        )
    if isinstance(rows, bool) or not isinstance(rows, int) or not 0 <= rows <= _MOST_ROWS:
        raise BadInput(f"rows is {told(rows)}, not a row count", f"{where} ({name})", _AS_EXPORTED)
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise BadInput(
            f"sha256 is {told(sha256)}, not 64 hex digits", f"{where} ({name})", _AS_EXPORTED
        )
    return ListedFile(date, entity, folder / name, rows, sha256.lower())


def _is_plain_name(name: str) -> bool:
    return (
        PurePath(name).name == name
        and not _MEANT_OTHERWISE.search(name)
        and len(name.encode(errors="replace")) <= _NAME_BYTES
        and name.isprintable()
        and name.endswith(DATA_SUFFIXES)
    )


def _refuse_unlisted(folder: Path, names: list[str]) -> None:
    """Manifest and folder agree on what was delivered."""
    where = str(folder / MANIFEST_NAME)
    # One file under two names, where a disk does not tell case or composition apart.
    times = Counter(unicodedata.normalize("NFKC", name).casefold() for name in names)
    twice = [name for name in names if times[unicodedata.normalize("NFKC", name).casefold()] > 1]
    if twice:
        raise BadInput(f"{twice[0]} is listed twice", where, _AS_EXPORTED)
    found = {entry.name for entry in folder.iterdir() if entry.suffix in DATA_SUFFIXES}
    unlisted = sorted(found.difference(names))
    if unlisted:
        raise BadInput(
            f"The manifest does not list {len(unlisted)} data files of its folder",
            f"{where}: {', '.join(map(told, unlisted[:10]))}",
            "list each file with entity, rows and sha256, or take it out of the folder",
        )


def day(value: object) -> dt.date | None:
    """Read a day written `YYYY-MM-DD`; None for anything else, other spellings included."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None
