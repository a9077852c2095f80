"""Checksums that name what a batch was made of: the same on every day and every machine.

Belongs here: putting checksums of files together. Does not belong here: checking a file against its
manifest (intake_files).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def of_files(files: Iterable[tuple[str, ...]]) -> str:
    """Name a set of files, whatever their order; each as its names and its SHA-256."""
    listed = "\n".join(sorted("\t".join(file) for file in files))
    return hashlib.sha256(listed.encode()).hexdigest()


def of_folder(folder: Path) -> str:
    """Name the CSV files of a folder by their content."""
    return of_files(
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in folder.glob("*.csv")
    )
