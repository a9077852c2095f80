"""Reading small CSV files of the project strictly: the bundled sample and the registers.

Belongs here: header, encoding and shape, with the line of every fault. Does not belong here: large
delivered files (DuckDB converts them) and the meaning of a column.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file, read.

    Attributes:
        path: the file.
        header: its column names.
        rows: values in the order of the header.
        lines: line of the file on which each row ends; 1 is the header.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> list[str]:
        """Return the values of a column."""
        position = self.header.index(name)
        return [row[position] for row in self.rows]

    def at(self, number: int) -> str:
        """Name the place of a row, counted from 0."""
        return f"{self.path}, line {self.lines[number]}"


def read(path: Path, columns: Iterable[str]) -> Table:
    """Read a CSV file whose header holds at least these columns.

    Raises:
        BadInput: the file is missing, is not UTF-8, lacks a column, or a row has too few or too
            many values.
    """
    try:
        # newline="" leaves line ends inside quotes to the csv module.
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = tuple(next(reader, ()))
            missing = [name for name in columns if name not in header]
            if missing:
                raise BadInput(
                    f"Column {', '.join(missing)} is missing",
                    f"{path} (it has: {', '.join(header) or 'no column'})",
                    "add the column to the header and to every row; empty values are allowed",
                )
            numbered = [(reader.line_num, tuple(row)) for row in reader if row]
    except FileNotFoundError as error:
        raise BadInput("A file is missing", str(path), "put it there: it is needed") from error
    except UnicodeDecodeError as error:
        raise BadInput(
            "A file is not UTF-8", f"{path}, line {_line_not_utf8(path)}", "save it as UTF-8"
        ) from error
    except csv.Error as error:
        raise BadInput(
            f"A file is not a table of comma-separated values: {error}",
            f"{path}, line {reader.line_num}",
            "save it as CSV, quoted where a value holds a comma or a quote",
        ) from error
    for line, row in numbered:
        if len(row) != len(header):
            raise BadInput(
                f"A row has {len(row)} values where the header has {len(header)} columns",
                f"{path}, line {line}",
                "give one value per column; quote a value that holds a comma",
            )
    return Table(
        path, header, tuple(row for _, row in numbered), tuple(line for line, _ in numbered)
    )


def _line_not_utf8(path: Path) -> int:
    """Find the line again: the error of a buffered reader counts from the start of its buffer."""
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1
