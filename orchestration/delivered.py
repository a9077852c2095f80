"""What has been delivered by now, seen from outside: which days are complete and which are not yet.

Belongs here: a look that is cheap enough for every tick of a sensor and survives whatever it finds.
Does not belong here: believing it. Row counts, checksums and columns are checked by the intake of
the run that follows (intake, intake_files).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestration import fingerprints, intake, intake_csv, manifests, raw_contract
from orchestration.errors import BadInput

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from orchestration.intake_limits import Limits
    from orchestration.settings import Settings

#: Manifests remembered by a process that looks again and again: twenty years of days.
_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch folder that no run can start from yet.

    Attributes:
        folder: its name.
        why: what it still lacks, for a person.
        is_malformed: whether it says something wrong; else it is merely not complete.
        has_manifest: whether it is meant to be complete.
        since: when something in it changed last, in seconds of the clock.
    """

    folder: str
    why: str
    is_malformed: bool
    has_manifest: bool
    since: float

    def __str__(self) -> str:
        """Word it as part of a sentence."""
        return f"{self.folder} {self.why}"


@dataclass(frozen=True, slots=True)
class Delivered:
    """Everything delivered, whatever day a run works on.

    Attributes:
        where: landing area or listing of the sample.
        days: batch dates that are complete, in order.
        files: batch date, name and stated SHA-256 of each file of these days.
        waiting: folders that are not complete, or malformed.
        state: changes with every manifest and every file that is written anew.
    """

    where: str
    days: tuple[dt.date, ...]
    files: tuple[tuple[str, str, str], ...]
    waiting: tuple[Waiting, ...]
    state: str

    def day_known_at(self, day: dt.date) -> dt.date | None:
        """Give the newest batch date that is known at a day; None before the first one."""
        return max((each for each in self.days if each <= day), default=None)

    def sha256(self, as_of: dt.date) -> str:
        """Name all files known at a day as intake does (`Intake.delivery_sha256`)."""
        last = as_of.isoformat()
        return fingerprints.of_files(file for file in self.files if file[0] <= last)

    @property
    def malformed(self) -> tuple[Waiting, ...]:
        """Folders that keep every run from starting until somebody mends them."""
        return tuple(each for each in self.waiting if each.is_malformed)


def look(settings: Settings) -> Delivered:
    """Look at the landing area, or at the listing of the bundled sample.

    Raises:
        BadInput: the landing area is no folder, or the listing of the sample cannot be read.
    """
    return (
        _landing(settings.landing, settings.intake_limits)
        if settings.landing
        else _sample(intake.SEEDS_DIR)
    )


def _landing(root: Path, limits: Limits) -> Delivered:
    if not root.is_dir():
        raise BadInput(
            "The landing area does not exist or is not a folder",
            str(root),
            "give the folder that holds one folder per batch date (LANDING=<dir>)",
        )
    batches: list[manifests.Batch] = []
    waiting: list[Waiting] = []
    state = hashlib.sha256()
    for folder in sorted(
        entry for entry in root.iterdir() if not entry.name.startswith((".", "_"))
    ):
        if not folder.is_symlink() and not folder.is_dir():
            continue
        found = _batch(folder, limits)
        if isinstance(found, Waiting):
            waiting.append(found)
        else:
            batches.append(found)
            state.update("\n".join(_marks(found)).encode())
    batches.sort(key=lambda batch: batch.batch_date)
    return Delivered(
        where=str(root),
        days=tuple(batch.batch_date for batch in batches),
        files=tuple(_files(batches)),
        waiting=tuple(waiting),
        state=state.hexdigest(),
    )


def _batch(folder: Path, limits: Limits) -> manifests.Batch | Waiting:
    """Read one folder as far as it goes."""

    def waits(why: str, *, is_malformed: bool, has_manifest: bool = True) -> Waiting:
        return Waiting(folder.name, why, is_malformed, has_manifest, _changed(folder))

    if folder.is_symlink():
        return waits("is a link, where a folder is expected", is_malformed=True)
    path = folder / manifests.MANIFEST_NAME
    try:
        marks = path.lstat()
    except FileNotFoundError:
        count = sum(entry.suffix in manifests.DATA_SUFFIXES for entry in folder.iterdir())
        return waits(
            f"has no manifest yet, delivered files: {count}", is_malformed=False, has_manifest=False
        )
    try:
        batch = _read(folder, limits, marks.st_mtime_ns, marks.st_size, marks.st_ino)
    except BadInput as error:
        return waits(f"cannot be read: {error.what}", is_malformed=True)
    missing = [file.path.name for file in batch.files if not file.path.is_file()]
    if missing:
        return waits(
            f"lacks {len(missing)} of the {len(batch.files)} files of its manifest, "
            f"the first is {missing[0]}",
            is_malformed=False,
        )
    return batch


def _changed(folder: Path) -> float:
    """Tell when a folder or something in it was written last."""
    if folder.is_symlink():
        return folder.lstat().st_mtime
    return max(entry.lstat().st_mtime for entry in (folder, *folder.iterdir()))


@lru_cache(maxsize=_REMEMBERED)
def _read(folder: Path, limits: Limits, _written: int, _size: int, _inode: int) -> manifests.Batch:
    """Read a manifest once for each time it is written; what raises is read again."""
    return manifests.read_batch(folder, limits)


def _files(batches: Iterable[manifests.Batch]) -> Iterator[tuple[str, str, str]]:
    for batch in batches:
        for file in batch.files:
            yield str(file.batch_date), file.path.name, file.sha256


def _marks(batch: manifests.Batch) -> Iterator[str]:
    """Tell each file of a batch from a later copy of it without reading it."""
    for path in (batch.folder / manifests.MANIFEST_NAME, *(file.path for file in batch.files)):
        marks = path.stat()
        yield f"{batch.folder.name}/{path.name} {marks.st_size} {marks.st_mtime_ns}"


def _sample(folder: Path) -> Delivered:
    """Read the listing of the sample; it is part of the project, so it is complete."""
    path = folder / f"{raw_contract.relation('batch_files')}.csv"
    listing = intake_csv.read(path, raw_contract.BATCH_FILES)
    names = (raw_contract.BATCH_DATE, "file_name", "sha256")
    files = tuple(zip(*(listing.column(name) for name in names), strict=True))
    days = sorted({day for text, *_ in files if (day := manifests.day(text))})
    return Delivered(
        where=str(path),
        days=tuple(days),
        files=files,
        waiting=(),
        state=fingerprints.of_files(files),
    )
