"""Checksums that name what a batch was made of: the same on every day and every machine.

Belongs here: putting checksums of files and versions together. Does not belong here: checking a
file against its manifest (intake_files).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: What decides what a table holds: files of the project, and the engines that read them.
_CODE: Final = ("models/**/*", "macros/**/*", "orchestration/*.py", "*.yml")
_ENGINES: Final = ("dbt-core", "dbt-duckdb", "duckdb")


def of_text(text: str) -> str:
    """Name a text in sixteen letters."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of_file(path: Path) -> str:
    """SHA-256 of a file as it stands, in full; it is not read into memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def of_code(project_dir: Path) -> str:
    """Name the code that tables are built by, comments and all: a rebuild too many does no harm."""
    files = sorted({path for part in _CODE for path in project_dir.glob(part) if path.is_file()})
    return of_files(
        [
            *((str(path.relative_to(project_dir)), of_file(path)) for path in files),
            *((name, importlib.metadata.version(name)) for name in _ENGINES),
        ]
    )


def of_files(files: Iterable[tuple[str, ...]]) -> str:
    """Name a set of files, whatever their order; each as its names and its SHA-256."""
    listed = "\n".join(sorted("\t".join(file) for file in files))
    return hashlib.sha256(listed.encode()).hexdigest()


def of_folder(folder: Path) -> str:
    """Name the CSV files of a folder by their content."""
    return of_files((path.name, of_file(path)) for path in folder.glob("*.csv"))
