"""The raw relations of a landing area, as views in the work database.

Belongs here: SQL over files that are already checked. Does not belong here: the checks themselves.

A view reads the delivered files where they lie. To copy the small daily files into one per entity
was measured and brings nothing: 218 files cost about 15 ms per scan.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import raw_contract
from orchestration.errors import BadInput
from orchestration.intake_files import row_count_mismatch
from orchestration.sql_text import literal, literals, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestration.intake_files import CheckedFile
    from orchestration.manifests import Batch

_SCHEMA: Final = "raw"
_CONVERTED_SUFFIX: Final = ".parquet"
_LINE = re.compile(r"CSV Error on Line: (\d+)")


@dataclass(frozen=True, slots=True)
class _Part:
    """Files of one entity with the same columns and types, to be read by one scan.

    Attributes:
        paths: Parquet files.
        types: column to DuckDB type.
        prefix: characters of a path before its name relative to the landing area.
        suffix: characters of a path after it.
    """

    paths: tuple[str, ...]
    types: dict[str, str]
    prefix: int
    suffix: int


def create(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    files: Sequence[CheckedFile],
    batches: Iterable[Batch],
    converted_dir: Path,
) -> None:
    """Create `raw.raw_<entity>` for every entity and `raw.raw_batch_files`.

    Args:
        connection: to the work database, writable.
        landing: root of the landing area.
        files: the checked files of the batches.
        batches: what is known at the as-of day.
        converted_dir: private folder for text files turned into Parquet; emptied first.

    Raises:
        BadInput: a text file is not a table, or has not the listed number of rows.
    """
    for path in (landing, converted_dir):
        _refuse_pattern(path)
    shutil.rmtree(converted_dir, ignore_errors=True)
    connection.execute(f"create schema if not exists {_SCHEMA}")
    drop(connection, tables=True)
    by_entity: dict[str, list[CheckedFile]] = {entity: [] for entity in raw_contract.ENTITIES}
    for file in files:
        by_entity[file.listed.entity].append(file)
    for entity, entity_files in by_entity.items():
        parts = _parts(connection, landing, entity_files, converted_dir)
        connection.execute(
            f"create view {_SCHEMA}.{raw_contract.relation(entity)} as {_select(entity, parts)}"
        )
    _create_batch_files(connection, batches)


def drop(connection: duckdb.DuckDBPyConnection, *, tables: bool) -> None:
    """Drop the raw views, and the raw tables too if asked.

    The carrier may change between two runs in one build directory; neither dbt nor a view replaces
    a relation of the other kind.
    """
    ours = [raw_contract.relation(name) for name in (*raw_contract.ENTITIES, "batch_files")]
    for kind in ("view", "table") if tables else ("view",):
        for (name,) in connection.execute(
            f"select {kind}_name from duckdb_{kind}s() "  # noqa: S608 - literals of this module
            f"where database_name = current_database() and schema_name = '{_SCHEMA}' "
            f"and {kind}_name in ({literals(ours)})"
        ).fetchall():
            connection.execute(f"drop {kind} {_SCHEMA}.{name}")


def _parts(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    files: Iterable[CheckedFile],
    converted_dir: Path,
) -> list[_Part]:
    layouts = defaultdict(list)
    for file in files:
        layouts[file.layout].append(file)
    parts = []
    for same in layouts.values():
        if same[0].is_csv:
            paths = [_converted(connection, file, converted_dir) for file in same]
            prefix, suffix = len(str(converted_dir)) + 1, len(_CONVERTED_SUFFIX)
        else:
            paths = [str(file.listed.path) for file in same]
            prefix, suffix = len(str(landing)) + 1, 0
        described = connection.execute(f"describe from {_scan(paths[:1])}").fetchall()
        types = {name: data_type for name, data_type, *_ in described}
        parts.append(_Part(tuple(paths), types, prefix, suffix))
    return parts


def _select(entity: str, parts: Sequence[_Part]) -> str:
    """One row per delivered row, the columns of the contract first, then any extra ones."""
    contract = raw_contract.columns(entity)
    if not parts:
        empty = ", ".join(f"cast(null as varchar) as {quoted(name)}" for name in contract)
        return (
            f"select {empty}, cast(null as varchar) as {raw_contract.SOURCE_FILE}, "
            f"cast(null as bigint) as {raw_contract.SOURCE_ROW} where false"
        )
    types = _common_types(contract, parts)
    return "\nunion all\n".join(_select_part(part, types) for part in parts)


def _common_types(contract: Sequence[str], parts: Sequence[_Part]) -> dict[str, str]:
    """Type of each column of the relation: that of all its files, or text where they differ."""
    found: dict[str, set[str]] = {name: set() for name in contract}
    for part in parts:
        for name, data_type in part.types.items():
            found.setdefault(_folded(name, found), set()).add(data_type)
    return {name: kinds.pop() if len(kinds) == 1 else "VARCHAR" for name, kinds in found.items()}


def _folded(name: str, known: Iterable[str]) -> str:
    """Give the spelling already met: DuckDB does not tell `Note` from `note`."""
    return next((other for other in known if other.lower() == name.lower()), name)


def _select_part(part: _Part, types: dict[str, str]) -> str:
    here = {name.lower(): data_type for name, data_type in part.types.items()}
    columns = []
    for name, data_type in types.items():
        column = quoted(name)
        if name.lower() not in here:
            columns.append(f"cast(null as {data_type}) as {column}")
        elif here[name.lower()] == data_type:
            columns.append(f"{column} as {column}")
        else:
            columns.append(f"cast({column} as {data_type}) as {column}")
    name = f"substr(filename, {part.prefix + 1}, length(filename) - {part.prefix + part.suffix})"
    return (
        f"select {', '.join(columns)}, {name} as {raw_contract.SOURCE_FILE}, "  # noqa: S608
        f"file_row_number + 1 as {raw_contract.SOURCE_ROW} "
        f"from {_scan(part.paths, ', filename = true, file_row_number = true')}"
    )


def _scan(paths: Sequence[str], options: str = "") -> str:
    # No guessing from folder names such as `region=11` above the landing area.
    return (
        f"read_parquet([{literals(paths)}], "
        f"hive_partitioning = false, binary_as_string = true{options})"
    )


def _converted(
    connection: duckdb.DuckDBPyConnection, file: CheckedFile, converted_dir: Path
) -> str:
    """Convert a text file to Parquet, all text, rows in order: DuckDB numbers no CSV rows."""
    source = file.listed.path
    target = converted_dir / (file.listed.relative_name + _CONVERTED_SUFFIX)
    target.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in file.columns)
    try:
        connection.execute(
            f"copy (from read_csv({literal(str(source))}, columns = {{{columns}}}, "
            "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            "nullstr = '', strict_mode = true)) "
            f"to {literal(str(target))} (format parquet)"
        )
    except duckdb.InvalidInputException as error:
        line = _LINE.search(str(error))
        raise BadInput(
            "A text file is not a table: a line has too few or too many values, an open quote "
            "or another line end",
            f"{source}, line {line[1]}" if line else str(source),
            "export it as comma-separated UTF-8 with one kind of line end, quoted where needed",
        ) from None  # the engine's own message repeats the line
    except duckdb.IOException as error:
        raise BadInput(
            f"A text file cannot be converted: {str(error).splitlines()[0]}",
            f"{source} to {target}",
            "make room in the work area, or set AFTERMATH_BUILD_DIR to a larger disk",
        ) from error
    rows = connection.execute(
        f"select num_rows from parquet_file_metadata({literal(str(target))})"  # noqa: S608
    ).fetchall()[0][0]
    if rows != file.listed.rows:
        raise row_count_mismatch(file.listed, rows)
    return str(target)


def _create_batch_files(connection: duckdb.DuckDBPyConnection, batches: Iterable[Batch]) -> None:
    """One row per delivered file, text like every raw column of the bundled sample."""
    name = f"{_SCHEMA}.{raw_contract.relation('batch_files')}"
    rows = [
        (
            batch.batch_date.isoformat(),
            file.entity,
            file.relative_name,
            str(file.rows),
            file.sha256,
            str(batch.sample_rate),
        )
        for batch in batches
        for file in batch.files
    ]
    columns = ", ".join(
        f"unnest([{literals(values)}]) as {column}"
        for column, values in zip(raw_contract.BATCH_FILES, zip(*rows, strict=True), strict=True)
    )
    connection.execute(f"create table {name} as select {columns}")


def _refuse_pattern(path: Path) -> None:
    if re.search(r"[*?\[\]]", str(path)):
        raise BadInput(
            "A folder name holds one of * ? [ ], which DuckDB takes for a pattern",
            str(path),
            "rename the folder",
        )
