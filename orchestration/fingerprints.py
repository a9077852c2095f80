"""Checksums that name what a batch was made of: the same on every day and every machine.

Belongs here: putting checksums of files and versions together. Does not belong here: checking a
file against its manifest (intake_files).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from functools import cache
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: What decides what a table holds: files of the project, and the engines that read them.
_CODE: Final = ("models/**/*", "macros/**/*", "tests/dbt/**/*", "orchestration/*.py", "*.yml")

#: What of it no single node is made of: what any of them may use, or is put together by.
_FRAME: Final = (
    "models/**/*.md",
    "macros/**/*",
    "tests/dbt/generic/*",
    "orchestration/*.py",
    "*.yml",
)

#: What dbt reads of the project when it parses it; the registers stand in a folder of their own.
_PARSED: Final = (
    "models/**/*",
    "macros/**/*",
    "tests/dbt/**/*",
    "analyses/**/*",
    "seeds/raw/**/*",
    "*.yml",
)
_PARSERS: Final = ("dbt-adapters", "dbt-common", "dbt-semantic-interfaces", "mashumaro", "jinja2")

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
    return _of_parts(project_dir, _CODE)


def of_frame(project_dir: Path) -> str:
    """Name the code around models, data tests and seeds; these are named by `of_nodes`."""
    return _of_parts(project_dir, _FRAME)


def of_project(project_dir: Path, reference: Path, told: Iterable[str]) -> str:
    """Name the project as dbt parses it.

    Args:
        project_dir: where it is.
        reference: folder of the registers.
        told: whatever else decides what dbt makes of it.
    """
    files = [(str(path), of_file(path)) for path in sorted(reference.rglob("*")) if path.is_file()]
    versions = [(name, importlib.metadata.version(name)) for name in _PARSERS]
    parts = [("told", *told), ("parts", _of_parts(project_dir, _PARSED)), *files, *versions]
    return of_files(parts)


def files_parsed(project_dir: Path) -> list[Path]:
    """List the files of the project that `of_project` reads, but for the registers."""
    return _files(project_dir, _PARSED)


def of_nodes(nodes: Mapping[str, Mapping[str, Any]], project_dir: Path) -> dict[str, str]:
    """Name seeds, models and data tests by the files that they stand in and are described in.

    The files as they stand now, since a process that waits for its next run knows older ones.

    Args:
        nodes: of the manifest of dbt, by unique id.
        project_dir: what their paths are relative to.

    Returns:
        Names by unique id; of a node whose files are not there, another one each time.
    """
    of_path = cache(of_file)
    names = {}
    for unique_id, node in nodes.items():
        described_in = (node.get("patch_path") or "").partition("://")[2]
        paths = [project_dir / path for path in (node["original_file_path"], described_in) if path]
        is_there = all(path.is_file() for path in paths)
        names[unique_id] = of_text(" ".join(map(of_path, paths)) if is_there else token_hex())
    return names


def _of_parts(project_dir: Path, parts: Iterable[str]) -> str:
    return of_files(
        [
            *(
                (str(path.relative_to(project_dir)), of_file(path))
                for path in _files(project_dir, parts)
            ),
            *((name, importlib.metadata.version(name)) for name in _ENGINES),
        ]
    )


def _files(project_dir: Path, parts: Iterable[str]) -> list[Path]:
    return sorted({path for part in parts for path in project_dir.glob(part) if path.is_file()})


def of_files(files: Iterable[tuple[str, ...]]) -> str:
    """Name a set of files, whatever their order; each as its names and its SHA-256."""
    listed = "\n".join(sorted("\t".join(file) for file in files))
    return hashlib.sha256(listed.encode()).hexdigest()


def of_folder(folder: Path) -> str:
    """Name the CSV files of a folder by their content."""
    return of_files((path.name, of_file(path)) for path in folder.glob("*.csv"))
