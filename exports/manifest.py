"""What a pack says of itself: `manifest.json`.

Belongs here: the words of the manifest, writing and reading it. Does not belong here: the files it
lists (answers), whether they are what it says (verify). It holds no time of export: the same
generation gives the same manifest.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orchestration.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "manifest.json"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column: type in words of DuckDB, meaning with unit."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of the pack, and the query that answers it on the generation."""

    name: str
    meaning: str
    rows: int
    bytes: int
    sha256: str
    key: list[str]
    columns: list[Column]
    query: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A pack of a generation; a period is of booking dates, empty without a bound."""

    pack: str
    audience: str
    generation_id: str
    as_of_date: str
    published_at: str
    sample_rate: str
    is_demo: bool
    file_form: str
    csv_dialect: str = ""
    booked_from: str = ""
    booked_to: str = ""
    files: list[File] = field(default_factory=list)
    format: int = _FORMAT


def write(manifest: Manifest, folder: Path) -> None:
    """Write the manifest of a folder."""
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def read(folder: Path) -> Manifest:
    """Read the manifest of a folder, which anybody may have written.

    Raises:
        BadInput: there is none, or it is none.
    """
    path = folder / NAME
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = [
            File(**{**each, "columns": [Column(**column) for column in each["columns"]]})
            for each in found.pop("files")
        ]
        said = Manifest(**found, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput(
            f"This is not the manifest of an export: {error}",
            str(path),
            "name the folder of a pack",
        ) from error
    if said.format != _FORMAT or not all(isinstance(file.name, str) for file in files):
        raise BadInput(
            "This is the manifest of another format", str(path), "verify it with what made it"
        )
    return said
