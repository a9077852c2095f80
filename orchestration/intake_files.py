"""Delivered files against what their manifest says of them.

Belongs here: opening a file once and checking that it is the listed one, readable, and has the
columns of its entity. Does not belong here: the meaning of a value (staging quarantines rows), SQL.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from expectations import redaction
from orchestration import raw_contract
from orchestration.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from orchestration.manifests import ListedFile

BLOCK_BYTES: Final = 1 << 20
_SEND_AGAIN = "deliver the file again, then write the manifest anew"

#: More than the processors: one thread waits for the disk while others hash.
_THREADS: Final = 2 * (os.cpu_count() or 1)

#: Names that the relations need for themselves, beside the columns of the contract.
_RESERVED: Final = frozenset(
    (raw_contract.SOURCE_FILE, raw_contract.SOURCE_ROW, "filename", "file_row_number")
)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that is what its manifest says.

    Attributes:
        listed: the manifest's entry.
        size: bytes.
        columns: column names in file order.
        layout: equal for files that hold the same columns with the same types.
    """

    listed: ListedFile
    size: int
    columns: tuple[str, ...]
    layout: str

    @property
    def is_csv(self) -> bool:
        """Whether the file is text; else Parquet."""
        return self.listed.path.suffix == ".csv"

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Columns delivered beyond the contract."""
        known = raw_contract.columns(self.listed.entity)
        return tuple(name for name in self.columns if name not in known)


def check(files: Iterable[ListedFile]) -> list[CheckedFile]:
    """Check every file; reads each one once.

    Raises:
        BadInput: names every file that is not what its manifest says, as far as they fit a message.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        outcomes = list(pool.map(_outcome, files))
    problems = [outcome for outcome in outcomes if isinstance(outcome, BadInput)]
    if problems:
        raise BadInput.of_several(problems)
    return [outcome for outcome in outcomes if isinstance(outcome, CheckedFile)]


def _outcome(listed: ListedFile) -> CheckedFile | BadInput:
    try:
        with _opened(listed) as stream:
            return _checked(listed, stream)
    except BadInput as problem:
        return problem


def _opened(listed: ListedFile) -> BinaryIO:
    """Open a plain file; a link or a pipe under its name is refused and never waited for."""
    path = listed.path
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise BadInput(
            "A file that the manifest lists is missing",
            str(path),
            "deliver the file, or write the manifest without it",
        ) from error
    except OSError as error:
        what = (
            "A link stands where a data file is expected"
            if path.is_symlink()
            else f"A data file cannot be opened: {error.strerror}"
        )
        raise BadInput(
            what, str(path), "put the file itself, readable, into the batch folder"
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadInput("A data file is not a plain file", str(path), _SEND_AGAIN)
    return os.fdopen(descriptor, "rb", buffering=0)


def _checked(listed: ListedFile, stream: BinaryIO) -> CheckedFile:
    is_csv = listed.path.suffix == ".csv"
    columns, layout = _csv_layout(listed, stream) if is_csv else _parquet_layout(listed, stream)
    _require_columns(listed, columns)
    stream.seek(0)
    digest = _text_digest(listed, stream) if is_csv else _digest(stream)
    if digest != listed.sha256:
        raise BadInput(
            "A file is not the one that the manifest describes: its sha256 differs",
            f"{listed.path} (manifest {listed.sha256[:12]}..., file {digest[:12]}...)",
            _SEND_AGAIN,
        )
    return CheckedFile(listed, os.fstat(stream.fileno()).st_size, columns, layout)


def _parquet_layout(listed: ListedFile, stream: BinaryIO) -> tuple[tuple[str, ...], str]:
    # Imported late: commands that read no Parquet start faster without it.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        metadata = pq.read_metadata(stream)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(
            "A file cannot be read as Parquet: it is cut off, damaged or of another format",
            str(listed.path),
            _SEND_AGAIN,
        ) from error
    if metadata.num_rows != listed.rows:
        raise row_count_mismatch(listed, metadata.num_rows)
    schema = metadata.schema
    # The first line of the text is the address of the object.
    layout = str(schema).split("\n", 1)[-1]
    return tuple(schema.to_arrow_schema().names), layout


def _csv_layout(listed: ListedFile, stream: BinaryIO) -> tuple[tuple[str, ...], str]:
    head = stream.read(BLOCK_BYTES).split(b"\n", 1)[0]
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(listed, 1) from error
    columns = tuple(next(csv.reader([text.rstrip("\r")]), ()))
    return columns, "csv:" + "\0".join(columns)


def _require_columns(listed: ListedFile, columns: tuple[str, ...]) -> None:
    entity, path = listed.entity, listed.path
    missing = [name for name in raw_contract.columns(entity) if name not in columns]
    if missing:
        raise BadInput(
            f"Column {', '.join(missing)} is missing",
            f"{path} (entity {entity}; it has: {_told(columns)})",
            "deliver the file with every column of the raw contract; empty values are allowed",
        )
    folded = [name.lower() for name in columns]
    unusable = sorted(
        {name for name in folded if folded.count(name) > 1 or name in _RESERVED or not name}
    )
    if unusable:
        raise BadInput(
            f"Column {redaction.column_name(unusable[0])!r} is there twice, has no name or has a "
            "name kept for the intake",
            str(path),
            "rename or remove the column in the export",
        )


def _told(columns: tuple[str, ...]) -> str:
    """List columns; where a row stands in the place of the header its values are not told."""
    return ", ".join(map(redaction.column_name, columns)) or "no column"


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    buffer = bytearray(BLOCK_BYTES)
    while size := stream.readinto(buffer):  # type: ignore[attr-defined]
        digest.update(memoryview(buffer)[:size])
    return digest.hexdigest()


def _text_digest(listed: ListedFile, stream: BinaryIO) -> str:
    """Compute the digest of a text file and check that it is UTF-8 without NUL."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines_before = 1
    while True:
        block = stream.read(BLOCK_BYTES)
        digest.update(block)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            # A character cut by the end of a block is reported with the block that follows.
            offset = max(0, error.start - (len(error.object) - len(block)))
            raise _not_utf8(listed, lines_before + block.count(b"\n", 0, offset)) from error
        if b"\0" in block:
            line = lines_before + block.count(b"\n", 0, block.index(b"\0"))
            raise BadInput(
                "A text file holds a NUL byte", f"{listed.path}, line {line}", _SEND_AGAIN
            )
        if not block:
            return digest.hexdigest()
        lines_before += block.count(b"\n")


def _not_utf8(listed: ListedFile, line: int) -> BadInput:
    return BadInput("A text file is not UTF-8", f"{listed.path}, line {line}", "export it as UTF-8")


def row_count_mismatch(listed: ListedFile, found: int) -> BadInput:
    """Say that a file has more or fewer rows than its manifest says."""
    return BadInput(
        f"The manifest says {listed.rows:,} rows, the file has {found:,}",
        str(listed.path),
        _SEND_AGAIN,
    )
