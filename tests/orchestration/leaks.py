"""Looks for identifiers and keys in everything that a batch wrote.

Belongs here: reading files of every kind that stands in a build directory, and the identifiers of
the bundled sample as canaries. Does not belong here: what a batch did.
"""

from __future__ import annotations

import csv
import re
import sqlite3
import zlib
from contextlib import closing, suppress
from functools import cache
from typing import TYPE_CHECKING

import duckdb

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Columns that identify a person, a line or a device.
IDENTIFYING = {"customer_id", "line_id", "msisdn", "imsi", "imei", "birth_date"}

#: The restricted area: what the batch alone may read.
RESTRICTED = {"work", "vault", "scenarios"}

_TOKEN = re.compile(rb"[0-9A-Z][0-9-]{8,}")


@cache
def identifiers() -> frozenset[str]:
    """Every identifier of the sample, broken ones included, that nothing else can look like.

    Birthdays only of a time in which nothing else happened, numbers also as a number keeps them.
    """
    found: set[str] = set()
    for path in (PROJECT_DIR / "seeds" / "raw").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for column in IDENTIFYING & row.keys():
                    value = row[column] or ""
                    if column != "birth_date" or value < "1990":
                        found |= {value, value.lstrip("0")}
    return frozenset(each for each in found if len(each) >= 9)


def leaks(build: Path, told: str, key: str) -> set[tuple[str, str]]:
    """Places that hold an identifier where nobody may see one, or the key anywhere.

    Args:
        build: the build directory.
        told: what was told on the terminal.
        key: the pseudonym key of the batch.
    """
    canaries = frozenset(each.encode() for each in identifiers() - _said_in_the_project())
    found = set()
    for path in sorted(path for path in build.rglob("*") if path.is_file()):
        place = path.relative_to(build)
        is_restricted = place.parts[0] in RESTRICTED
        for text in [path.read_bytes()] if is_restricted else contents(path):
            if key.encode() in text:
                found.add((str(place), "key"))
            if not is_restricted and not canaries.isdisjoint(_TOKEN.findall(text)):
                found.add((str(place), "identifier"))
    if key in told:
        found.add(("terminal", "key"))
    if not canaries.isdisjoint(_TOKEN.findall(told.encode())):
        found.add(("terminal", "identifier"))
    return found


@cache
def _said_in_the_project() -> frozenset[str]:
    """Examples in docs and unit tests of models that happen to be somebody in the sample."""
    said: set[str] = set()
    for folder in ("models", "macros", "expectations"):
        for path in (PROJECT_DIR / folder).rglob("*"):
            if path.suffix in {".sql", ".yml", ".md", ".py"}:
                said |= {token.decode() for token in _TOKEN.findall(path.read_bytes())}
    return frozenset(said & identifiers())


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what is packed in it: tables of DuckDB, blobs of SQLite."""
    text = path.read_bytes()
    yield text
    if path.suffix == ".duckdb" and text:
        yield from _duckdb_values(path)
    elif text.startswith(b"SQLite format 3"):
        yield from _sqlite_blobs(path)


def _duckdb_values(path: Path) -> Iterator[bytes]:
    """Every different value of every column, as text; DuckDB packs what it stores."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        for schema, table in tables:
            relation = connection.table(f'"{schema}"."{table}"')
            for column in relation.columns:
                values = connection.execute(
                    f'select string_agg(distinct "{column}"::varchar, chr(10)) '
                    f'from "{schema}"."{table}"'
                ).fetchall()
                yield str(values[0][0] or "").encode()


def _sqlite_blobs(path: Path) -> Iterator[bytes]:
    """Dagster keeps snapshots of jobs and runs compressed."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f'select * from "{table}"'):
                yield from _unpacked(value for value in row if isinstance(value, bytes))


def _unpacked(blobs: Iterable[bytes]) -> Iterator[bytes]:
    for blob in blobs:
        with suppress(zlib.error):
            yield zlib.decompress(blob)
