"""Whether a pack is what its manifest says.

Belongs here: rows, checksums, columns, signature. Does not belong here: whether the figures are
right (the gates). A pack may have come back from anywhere: nothing it says is believed.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from exports import manifest, signature
from orchestration import fingerprints
from orchestration.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from exports.manifest import File


def check(folder: Path, key: Path | None) -> manifest.Manifest:
    """Check a pack, signature included where a key is given.

    Args:
        folder: the pack.
        key: file of the key of whoever is to have signed it, public or private.

    Raises:
        BadInput: the pack is not what it says, or a signature cannot be checked.
    """
    said = manifest.read(folder)
    problems = [*_signature(folder, key), *_names(folder, said)]
    if not problems:
        problems = [
            problem for file in said.files for problem in _file(folder, file, said.file_form)
        ]
    if problems:
        raise BadInput(
            f"This pack is not what it says: {'; '.join(problems)}",
            str(folder),
            "do not use it; get it again from whoever made it",
        )
    return said


def _signature(folder: Path, key: Path | None) -> Iterator[str]:
    is_signed = (folder / signature.NAME).is_file()
    if is_signed and key is None:
        yield "signed, and nobody said by whom: give the signer's public key, KEY=<file>"
    elif key is not None and not is_signed:
        yield "not signed"
    elif key is not None and not signature.is_by(folder, key):
        yield "not signed by the owner of this key, or changed since"


def _names(folder: Path, said: manifest.Manifest) -> Iterator[str]:
    names = [file.name for file in said.files]
    there = {path.name for path in folder.iterdir()} - {manifest.NAME, signature.NAME}
    for name in sorted(there - set(names)):
        yield f"{name} is on no manifest"
    for name in names:
        # Neither a path nor a link: a manifest must not have other files read.
        if name not in there or (folder / name).is_symlink() or not (folder / name).is_file():
            yield f"{name} is missing"


def _file(folder: Path, file: File, form: str) -> Iterator[str]:
    path = folder / file.name
    if path.stat().st_size != file.bytes or fingerprints.of_file(path) != file.sha256:
        yield f"{file.name} was changed"
        return
    try:
        columns, rows = _parquet(path) if form == "parquet" else _csv(path)
    except (pa.ArrowException, csv.Error, UnicodeDecodeError) as error:
        yield f"{file.name} cannot be read: {error}"
        return
    if columns != [column.name for column in file.columns]:
        yield f"{file.name} has the columns {', '.join(columns)}"
    if rows != file.rows:
        yield f"{file.name} has {rows} rows, not {file.rows}"


def _csv(path: Path) -> tuple[list[str], int]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        return next(reader, []), sum(1 for _ in reader)


def _parquet(path: Path) -> tuple[list[str], int]:
    found = pq.ParquetFile(path)
    return found.schema_arrow.names, found.metadata.num_rows
