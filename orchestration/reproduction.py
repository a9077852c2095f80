"""Whether a published generation can be made again, and whether what was made again is the same.

Belongs here: what the inputs have to be, setting up the scratch directory, comparing table by
table. Does not belong here: running the batch and telling about it (reproduce).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import candidate, generation_history, publishing, table_checksums
from orchestration.errors import PLACES_SHOWN, BadInput
from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestration.generation_history import Edition, MadeOf
    from orchestration.restatement_tables import PublishedTable
    from orchestration.settings import Settings

_ORIGINAL: Final = "original"
_AGAIN: Final = "again"


@dataclass(frozen=True, slots=True)
class Sameness:
    """One table of the original and of the reproduction; None where a side has no such table."""

    table: str
    rows: int | None
    rows_again: int | None
    is_same: bool


def find(settings: Settings, generation_id: str) -> Edition:
    """Find a published generation and read what it was made of.

    Raises:
        BadInput: there is none of that name, or it does not say what it was made of.
    """
    listed = publishing.generations(settings)
    for each in listed:
        if each.generation_id == generation_id or (each.is_current and generation_id == "current"):
            edition = generation_history.read(each.path, each.generation_id)
            if not edition.made_of.code:
                raise BadInput(
                    f"Generation {each.generation_id} does not say what it was made of",
                    str(each.path),
                    "it was published before generations did; check out its code version "
                    f"{edition.code_version} and run the batch as of {edition.as_of_date}",
                )
            return edition
    raise BadInput(
        f"There is no generation {generation_id}",
        str(settings.published_dir),
        f"choose one of: {', '.join(each.generation_id for each in listed) or '(none published)'}",
    )


def refuse_other_code(edition: Edition, tables: Iterable[PublishedTable]) -> None:
    """Refuse to reproduce a generation with code that is not its own.

    Raises:
        BadInput: the SQL behind a table is other, or another version of DuckDB is installed.
    """
    others = _others(edition.made_of.code, {table.full_name: table.code for table in tables})
    if others:
        raise BadInput(
            f"The code is not that of the generation: the SQL behind {_named(others)} is other",
            f"project at {candidate.code_version()}, generation {edition.generation_id} "
            f"at {edition.code_version}",
            f"check out {edition.code_version} and try again",
        )
    if edition.engine != duckdb.__version__:
        raise BadInput(
            "DuckDB is not that of the generation",
            f"installed {duckdb.__version__}, generation {edition.engine}",
            f"install the lock file of {edition.code_version} and try again",
        )


def refuse_other_inputs(
    edition: Edition, facts: Mapping[str, str], made_of: MadeOf, where: str
) -> None:
    """Refuse to reproduce a generation from other registers, deliveries or under another key.

    Args:
        edition: the generation.
        facts: `book_id` and `delivery_sha256` of what would be taken in.
        made_of: its fingerprints; no batches where the carrier cannot tell them.
        where: folders that were read.

    Raises:
        BadInput: names the registers or the batches that are other.
    """
    registers = _others(edition.made_of.registers, made_of.registers)
    if registers:
        raise BadInput(
            f"The registers are not those of the generation: {_named(registers)}",
            where,
            "give the reference folder of that day with --reference",
        )
    batches = _others(edition.made_of.batches, made_of.batches) if made_of.batches else []
    if batches:
        raise BadInput(
            f"The deliveries known on {edition.as_of_date} are not those of the generation: "
            f"{_named(batches)}",
            where,
            "put the batches back as they were delivered then; a delivery that comes late belongs "
            "under the date on which it came",
        )
    if edition.facts.get("delivery_sha256") != facts["delivery_sha256"] and not made_of.batches:
        raise BadInput(
            "The deliveries are not those of the generation",
            where,
            "put the files back as they were delivered then",
        )
    if edition.book != facts[candidate.BOOK_FACT]:
        raise BadInput(
            "The pseudonym key is not that of the generation",
            where,
            "set AFTERMATH_PSEUDONYM_KEY to the key of that day: with another one every line has "
            "another pseudonym",
        )


def bring_books(settings: Settings, scratch: Settings, edition: Edition) -> str:
    """Put the generations before this one where the scratch batch finds its books.

    Returns:
        A remark on what the books rest on; empty if they are the ones of then.
    """
    scratch.published_dir.mkdir(parents=True, exist_ok=True)
    earlier = [
        each
        for each in publishing.generations(settings)
        if each.generation_id < edition.generation_id
        and generation_history.read(each.path, each.generation_id).book == edition.book
    ]
    paths = [each.path for each in earlier]
    remark = ""
    if not paths and _had_books_before(edition):
        paths = [edition.path]
        remark = "the generations before it are gone, so its own ledger stands for theirs"
    for path in paths:
        _link(path, scratch.published_dir / path.name)
    if paths:
        scratch.current_db.symlink_to(paths[-1].name)
    return remark


def compare(
    edition: Edition, again: Path, tables: Sequence[PublishedTable]
) -> tuple[Sameness, ...]:
    """Compare original and reproduction table by table, every column of every row.

    Views are left out: their tables are compared, and their code is the same.
    """
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        for name, path in ((_ORIGINAL, edition.path), (_AGAIN, again)):
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
        return tuple(_same(connection, table) for table in tables if not table.is_view)


def _same(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> Sameness:
    one, other = (_measured(connection, name, table) for name in (_ORIGINAL, _AGAIN))
    return Sameness(
        table.full_name,
        one[1] if one else None,
        other[1] if other else None,
        is_same=one is not None and one == other,
    )


def _measured(
    connection: duckdb.DuckDBPyConnection, database: str, table: PublishedTable
) -> tuple[list[tuple[str, str]], int, int] | None:
    """Columns with types, rows and checksum; None if there is no such table."""
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() "  # noqa: S608
        f"where database_name = {literal(database)} and schema_name = {literal(table.schema)} "
        f"and table_name = {literal(table.name)} order by column_index"
    ).fetchall()
    if not columns:
        return None
    relation = quoted(database, table.schema, table.name)
    query = table_checksums.measuring(
        relation, table.full_name, table.key, [name for name, _ in columns], 1
    )
    found = connection.execute(query).fetchall()
    return columns, (found[0][3] if found else 0), (int(found[0][4]) if found else 0)


def _had_books_before(edition: Edition) -> bool:
    """Whether the generation was compared with one before it."""
    with duckdb.connect(str(edition.path), read_only=True) as connection:
        ((compared,),) = connection.execute(
            "select count(previous_generation_id) from reconciliation.fct_generations_compared"
        ).fetchall()
    return bool(compared)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # another disk
        shutil.copyfile(path, target)


def _others(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name what is missing, new or other, in order."""
    return sorted(_differences(before, now))


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in before.keys() | now.keys():
        if name not in now:
            yield f"{name} (missing)"
        elif name not in before:
            yield f"{name} (new)"
        elif before[name] != now[name]:
            yield name


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - PLACES_SHOWN} more" if len(names) > PLACES_SHOWN else ""
    return ", ".join(names[:PLACES_SHOWN]) + more
