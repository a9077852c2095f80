"""What stands in the work area after a batch was published, for the next batch to build on.

Belongs here: the record of it, writing it after publishing and removing it before the first change,
so that a batch that did not end leaves none. Does not belong here: what follows from it (plans).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestration.settings import RawCarrier, Settings

_RECORD = "state.json"
_PROGRESS = "progress.json"


@dataclass(frozen=True, slots=True, order=True)
class TakenFile:
    """A file that a batch took in.

    Attributes:
        name: relative to the landing area.
        entity: whose rows it holds.
        sha256: of its bytes.
        layout: equal for files with the same columns of the same types.
        rows: how many.
    """

    name: str
    entity: str
    sha256: str
    layout: str
    rows: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a batch was built from.

    Attributes:
        as_of_date: day as of which everything was known.
        book_id: opening batch and pseudonym key, see `published_ledger`.
        sample_rate: share of the population, as text.
        reference_sha256: the rules and registers.
        code_sha256: of a landing area all code that tables are built by, of the bundled sample what
            of it no single node is made of, see `fingerprints`.
        generation: file name of the generation that was published; what is current, for a batch
            that is about to start.
        full_bytes: size of work database and generation after everything was built anew last.
        files: what was taken in from a landing area, in the order of names.
        carrier: which carrier of the raw contract was read.
        nodes: of the bundled sample, what each node was made of, see `fingerprints.of_nodes`.
    """

    as_of_date: dt.date
    book_id: str
    sample_rate: str
    reference_sha256: str
    code_sha256: str
    generation: str
    full_bytes: int
    files: tuple[TakenFile, ...]
    carrier: RawCarrier = "landing"
    nodes: Mapping[str, str] = field(default_factory=dict)


def arrived(before: Standing, files: Iterable[TakenFile]) -> tuple[TakenFile, ...]:
    """List the files that an earlier batch had not taken in, whatever their dates."""
    known = set(before.files)
    return tuple(file for file in files if file not in known)


def read(settings: Settings) -> Standing | None:
    """Tell what stands in the work area; None where nothing can be built on."""
    try:
        facts = json.loads(_path(settings).read_text(encoding="utf-8"))
        files = tuple(TakenFile(**file) for file in facts.pop("files"))
        day = dt.date.fromisoformat(facts.pop("as_of_date"))
        return Standing(as_of_date=day, files=files, **facts)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Another version of the project may have written other facts.
        return None


def write(settings: Settings, standing: Standing) -> None:
    """Record what stands; to be called when it is published."""
    path = _path(settings)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(_facts(standing), ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


def forget(settings: Settings) -> None:
    """Remove the record; to be called before anything in the work area changes."""
    _path(settings).unlink(missing_ok=True)


def begin(settings: Settings, run_id: str) -> None:
    """Note that a run took its delivery in and has built nothing yet."""
    (settings.work_dir / _PROGRESS).write_text(json.dumps([run_id]), encoding="utf-8")


def note_built(settings: Settings, run_id: str, layer: str) -> None:
    """Note that a run built a whole layer; only the run that took the delivery in is noted."""
    noted = _progress(settings)
    if noted[:1] == [run_id]:
        path = settings.work_dir / _PROGRESS
        path.write_text(json.dumps([*noted, layer]), encoding="utf-8")


def is_of_one_run(settings: Settings, run_id: str, layers: Iterable[str]) -> bool:
    """Tell whether one run took the delivery in and built these layers whole, and no other did.

    A step run on its own leaves tables of several batches side by side, which the next batch must
    not build on.
    """
    return _progress(settings) == [run_id, *layers]


def _progress(settings: Settings) -> list[str]:
    try:
        noted: list[str] = json.loads((settings.work_dir / _PROGRESS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return noted


def _path(settings: Settings) -> Path:
    return settings.work_dir / _RECORD


def _facts(standing: Standing) -> dict[str, Any]:
    return {**asdict(standing), "as_of_date": standing.as_of_date.isoformat()}
