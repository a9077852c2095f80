"""Delivered files against what their manifest says of them.

Belongs here: opening a file once and checking that it is the listed one, readable, of a size to be
read, and has the columns of its entity. Does not belong here: which columns stop an entity
(schema_drift), the meaning of a value (staging quarantines rows), SQL.
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

from orchestration import column_types, raw_contract, schema_drift
from orchestration.errors import BadInput
from orchestration.intake_limits import SETTING, Limits
from orchestration.landing_seal import Seal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from pyarrow.parquet import FileMetaData

    from orchestration.manifests import ListedFile

BLOCK_BYTES: Final = 1 << 20
#: Length of the footer and the mark of the format.
_PARQUET_TAIL: Final = 8
#: Row groups below this are small whatever they unpack from.
_WORTH_A_LOOK: Final = 64 << 20
_SEND_AGAIN = "deliver the file again, then write the manifest anew"

#: More than the processors: one thread waits for the disk while others hash.
_THREADS: Final = 2 * (os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that is what its manifest says.

    Attributes:
        listed: the manifest's entry.
        typed: its columns in file order.
        layout: equal for files that hold the same columns with the same types.
        seal: by which it is known again.
    """

    listed: ListedFile
    typed: tuple[schema_drift.Column, ...]
    layout: str
    seal: Seal

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.seal.size

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(column.name for column in self.typed)

    @property
    def is_csv(self) -> bool:
        """Whether the file is text; else Parquet."""
        return self.listed.path.suffix == ".csv"

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Columns delivered beyond the contract."""
        known = raw_contract.columns(self.listed.entity)
        return tuple(name for name in self.columns if name not in known)


@dataclass(frozen=True, slots=True)
class _Drifted:
    """A file whose columns stop its entity."""

    listed: ListedFile
    findings: tuple[schema_drift.Finding, ...]


def check(files: Iterable[ListedFile], limits: Limits | None = None) -> list[CheckedFile]:
    """Check every file; reads each one once.

    Raises:
        BadInput: names every file that is not what its manifest says, as far as they fit a message,
            and every entity with columns that stop it.
    """
    measure = limits or Limits()
    with ThreadPoolExecutor(_THREADS) as pool:
        outcomes = list(pool.map(lambda listed: _outcome(listed, measure), files))
    drifted = [
        (outcome.listed, finding)
        for outcome in outcomes
        if isinstance(outcome, _Drifted)
        for finding in outcome.findings
    ]
    problems = schema_drift.problems(drifted)
    problems += [outcome for outcome in outcomes if isinstance(outcome, BadInput)]
    if problems:
        raise BadInput.of_several(problems)
    return [outcome for outcome in outcomes if isinstance(outcome, CheckedFile)]


def _outcome(listed: ListedFile, limits: Limits) -> CheckedFile | _Drifted | BadInput:
    try:
        with _opened(listed) as stream:
            return _checked(listed, stream, limits)
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


def _checked(listed: ListedFile, stream: BinaryIO, limits: Limits) -> CheckedFile | _Drifted:
    seal = Seal.of(os.fstat(stream.fileno()))
    is_csv = listed.path.suffix == ".csv"
    read_layout = _csv_layout if is_csv else _parquet_layout
    columns, layout = read_layout(listed, stream, limits)
    findings = schema_drift.findings(listed.entity, columns)
    if findings:
        return _Drifted(listed, tuple(findings))
    stream.seek(0)
    digest = _text_digest(listed, stream, limits) if is_csv else _digest(stream)
    if digest != listed.sha256:
        raise BadInput(
            "A file is not the one that the manifest describes: its sha256 differs",
            f"{listed.path} (manifest {listed.sha256[:12]}..., file {digest[:12]}...)",
            _SEND_AGAIN,
        )
    if Seal.of(os.fstat(stream.fileno())) != seal:
        raise BadInput("A file changed while it was read", str(listed.path), _SEND_AGAIN)
    return CheckedFile(listed, columns, layout, seal)


def _parquet_layout(
    listed: ListedFile, stream: BinaryIO, limits: Limits
) -> tuple[tuple[schema_drift.Column, ...], str]:
    # Imported late: commands that read no Parquet start faster without it.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    _require_small_footer(listed, stream, limits)
    try:
        metadata = pq.read_metadata(stream)
        schema = metadata.schema
        fields = list(schema.to_arrow_schema())
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "A file cannot be read as Parquet: it is cut off, damaged or of another format",
            str(listed.path),
            _SEND_AGAIN,
        ) from error
    _require_within(listed, metadata, limits)
    if metadata.num_rows != listed.rows:
        raise row_count_mismatch(listed, metadata.num_rows)
    # The first line of the text is the address of the object.
    layout = str(schema).split("\n", 1)[-1]
    typed = tuple(
        schema_drift.Column(field.name, column_types.held_by(field.type), str(field.type))
        for field in fields
    )
    return typed, layout


def _require_small_footer(listed: ListedFile, stream: BinaryIO, limits: Limits) -> None:
    """Ask the last eight bytes how long the footer is, before it is unpacked."""
    size = stream.seek(0, os.SEEK_END)
    if size >= _PARQUET_TAIL:
        stream.seek(size - _PARQUET_TAIL)
        length = int.from_bytes(stream.read(4), "little")
        if limits.footer_bytes < length <= size:
            raise _too_large(listed, "footer_bytes", length, limits.footer_bytes)
    stream.seek(0)


def _require_within(listed: ListedFile, metadata: FileMetaData, limits: Limits) -> None:
    """Sizes that the footer admits to: a small file may unpack to more than a machine holds."""
    if metadata.num_columns > limits.columns:
        raise _too_large(listed, "columns", metadata.num_columns, limits.columns)
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        unpacked = group.total_byte_size
        if unpacked > limits.row_group_bytes:
            raise _too_large(listed, "row_group_bytes", unpacked, limits.row_group_bytes)
        if unpacked > _WORTH_A_LOOK:
            packed = sum(
                group.column(column).total_compressed_size for column in range(group.num_columns)
            )
            ratio = unpacked // max(1, packed)
            if ratio > limits.expansion:
                raise _too_large(listed, "expansion", ratio, limits.expansion)


def _too_large(listed: ListedFile, name: str, found: int, limit: int) -> BadInput:
    return BadInput(
        f"A file is beyond what is read: {name} is {found:,}, the limit is {limit:,}",
        str(listed.path),
        f"ask the export what it sent; if it is right, raise the limit: {SETTING}={name}=<n>",
    )


def _csv_layout(
    listed: ListedFile, stream: BinaryIO, limits: Limits
) -> tuple[tuple[schema_drift.Column, ...], str]:
    head, *rest = stream.read(limits.line_bytes + 1).split(b"\n", 1)
    if not rest and len(head) > limits.line_bytes:
        raise _too_large(listed, "line_bytes", len(head), limits.line_bytes)
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(listed, 1) from error
    try:
        names = tuple(next(csv.reader([text.rstrip("\r")]), ()))
    except csv.Error as error:
        raise BadInput(
            f"The header of a text file cannot be read: {error}", str(listed.path), _SEND_AGAIN
        ) from error
    if len(names) > limits.columns:
        raise _too_large(listed, "columns", len(names), limits.columns)
    typed = tuple(schema_drift.Column(name, column_types.Held.TEXT, "text") for name in names)
    return typed, "csv:" + "\0".join(names)


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    buffer = bytearray(BLOCK_BYTES)
    while size := stream.readinto(buffer):  # type: ignore[attr-defined]
        digest.update(memoryview(buffer)[:size])
    return digest.hexdigest()


def _text_digest(listed: ListedFile, stream: BinaryIO, limits: Limits) -> str:
    """Compute the digest of a text file; check that it is UTF-8 without NUL, in bounded lines."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines_before, open_line = 1, 0
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
        open_line = _open_line(block, open_line, limits.line_bytes)
        if open_line > limits.line_bytes:
            raise _too_large(listed, "line_bytes", open_line, limits.line_bytes)
        if not block:
            return digest.hexdigest()
        lines_before += block.count(b"\n")


def _open_line(block: bytes, before: int, limit: int) -> int:
    """Length of the line that a block leaves open, or of one in it that is over the limit.

    Looks for a line end within reach of the last one only, so that a block costs few searches.
    """
    start = 0
    while before + len(block) - start > limit:
        end = block.rfind(b"\n", start, start + limit - before + 1)
        if end < 0:
            return limit + 1
        start, before = end + 1, 0
    end = block.rfind(b"\n", start)
    return before + len(block) - start if end < 0 else len(block) - end - 1


def _not_utf8(listed: ListedFile, line: int) -> BadInput:
    return BadInput("A text file is not UTF-8", f"{listed.path}, line {line}", "export it as UTF-8")


def row_count_mismatch(listed: ListedFile, found: int) -> BadInput:
    """Say that a file has more or fewer rows than its manifest says."""
    return BadInput(
        f"The manifest says {listed.rows:,} rows, the file has {found:,}",
        str(listed.path),
        _SEND_AGAIN,
    )
