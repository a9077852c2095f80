"""The databases of the work area, opened from Python.

Belongs here: opening one for a while, and saying who else has it. Does not belong here: what stands
in them; dbt opens them itself.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from orchestration.database_format import DATABASE_FORMAT
from orchestration.errors import BadInput, DatabaseLocked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.settings import Settings

_HOLDER = re.compile(r"Conflicting lock is held in (.+?)\. See also")


@contextmanager
def open_work_database(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the work database for writing and close it on leaving: dbt opens it next.

    Raises:
        DatabaseLocked: another process holds the file.
        BadInput: the file cannot be opened.
    """
    with opened(settings.work_db) as connection:
        yield connection


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database of the work area, whichever; raises as `open_work_database` does."""
    try:
        connection = duckdb.connect(
            str(path), config={"autoinstall_known_extensions": False, **DATABASE_FORMAT}
        )
    except duckdb.Error as error:
        raise _cannot_open(path, error) from error
    try:
        yield connection
    finally:
        connection.close()


def _cannot_open(path: Path, error: duckdb.Error) -> BadInput | DatabaseLocked:
    text = str(error)
    if "lock" in text.lower():
        holder = _HOLDER.search(text)
        return DatabaseLocked(
            "A database of the work area is locked by another process",
            f"{path}" + (f", held by {holder[1]}" if holder else ""),
            "close the program that has it open; read the published marts with `make sql` instead",
        )
    return BadInput(
        f"A database of the work area cannot be opened: {text.splitlines()[0]}",
        str(path),
        "remove the file: a run builds it anew",
    )
