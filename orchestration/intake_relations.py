"""The raw relations of a landing area, as views in the work database.

Belongs here: SQL over files that are already checked. Does not belong here: the checks themselves.

A view reads the delivered files where they lie. To copy the small daily files into one per entity
was measured and brings nothing: 218 files cost about 15 ms per scan.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import column_types, raw_contract, schema_drift
from orchestration.column_types import Kind
from orchestration.errors import BadInput
from orchestration.intake_files import row_count_mismatch
from orchestration.intake_limits import SETTING, Limits
from orchestration.sql_text import literal, literals, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestration.intake_files import CheckedFile
    from orchestration.manifests import Batch

_SCHEMA: Final = "raw"
_CONVERTED_SUFFIX: Final = ".parquet"
#: Type of a column that holds no value in the files of a part.
_NOTHING: Final = '"NULL"'
_WHOLE: Final = frozenset(
    {
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    }
)
_TIMES: Final = frozenset(
    ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
)
#: Types that one holds without changing a value.
_WIDENED: Final = (
    (_WHOLE - {"UBIGINT", "HUGEINT"}, "BIGINT"),
    (_TIMES | {"DATE"}, "DATE"),
    (_TIMES, "TIMESTAMP"),
)
_LINE = re.compile(r"CSV Error on Line: (\d+)")


@dataclass(frozen=True, slots=True)
class _Part:
    """Files of one entity with the same columns and types, to be read by one scan.

    Attributes:
        paths: Parquet files.
        types: column to DuckDB type; of a column without any value, none.
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
    *,
    limits: Limits | None = None,
) -> None:
    """Create `raw.raw_<entity>` for every entity and `raw.raw_batch_files`.

    Args:
        connection: to the work database, writable.
        landing: root of the landing area.
        files: the checked files of the batches.
        batches: what is known at the as-of day.
        converted_dir: private folder for text files turned into Parquet; emptied first.
        limits: sizes up to which text files are read.

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
        parts = _parts(connection, landing, entity_files, converted_dir, limits or Limits())
        connection.execute(
            f"create view {_SCHEMA}.{raw_contract.relation(entity)} as {_select(entity, parts)}"
        )
    _create_batch_files(connection, batches)
    _create_schema_changes(connection, files)


def drop(connection: duckdb.DuckDBPyConnection, *, tables: bool) -> None:
    """Drop the raw views, and the raw tables too if asked.

    The carrier may change between two runs in one build directory; neither dbt nor a view replaces
    a relation of the other kind.
    """
    every = (*raw_contract.ENTITIES, "batch_files", raw_contract.SCHEMA_CHANGES)
    ours = [raw_contract.relation(name) for name in every]
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
    limits: Limits,
) -> list[_Part]:
    layouts = defaultdict(list)
    for file in files:
        layouts[file.layout].append(file)
    parts = []
    for alike in layouts.values():
        same = _typical_first(alike)
        if same[0].is_csv:
            paths = [_converted(connection, file, converted_dir, limits) for file in same]
            prefix, suffix = len(str(converted_dir)) + 1, len(_CONVERTED_SUFFIX)
        else:
            paths = [str(file.listed.path) for file in same]
            prefix, suffix = len(str(landing)) + 1, 0
        described = connection.execute(f"describe from {_scan(paths[:1])}").fetchall()
        unheld = {each.name for each in same[0].typed if each.held is column_types.Held.NOTHING}
        types = {
            name: _NOTHING if name in unheld else data_type for name, data_type, *_ in described
        }
        parts.append(_Part(tuple(paths), types, prefix, suffix))
    return parts


def _typical_first(files: Sequence[CheckedFile]) -> list[CheckedFile]:
    """Put a file with about the mean number of rows first, the others as they come.

    DuckDB takes every file of a scan to have the rows of the first. Beginning with the opening
    delivery it expected 200 times the rows there are, and held the wrong side of joins in memory.
    """
    mean = sum(file.listed.rows for file in files) / len(files)
    typical = min(files, key=lambda file: abs(file.listed.rows - mean))
    return [typical, *(file for file in files if file is not typical)]


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
    """Type of each column of the relation: that of all its files, or one that holds them all."""
    found: dict[str, set[str]] = {name: set() for name in contract}
    for part in parts:
        for name, data_type in part.types.items():
            found.setdefault(_folded(name, found), set()).add(data_type)
    return {name: _common_type(name, kinds - {_NOTHING}) for name, kinds in found.items()}


def _common_type(name: str, types: set[str]) -> str:
    if len(types) == 1:
        return next(iter(types))
    kind = column_types.kind_of(name)
    for held, common in _WIDENED:
        if types and types <= held and (common != "DATE" or kind is Kind.DAY):
            return common
    return "VARCHAR"


def _folded(name: str, known: Iterable[str]) -> str:
    """Give the spelling already met: DuckDB does not tell `Note` from `note`."""
    return next((other for other in known if other.lower() == name.lower()), name)


def _select_part(part: _Part, types: dict[str, str]) -> str:
    here = {name.lower(): data_type for name, data_type in part.types.items()}
    columns = []
    for name, data_type in types.items():
        column = quoted(name)
        if here.get(name.lower(), _NOTHING) == _NOTHING:
            columns.append(f"cast(null as {data_type}) as {column}")
        elif here[name.lower()] == data_type:
            columns.append(f"{column} as {column}")
        else:
            columns.append(f"{_cast(name, here[name.lower()], data_type)} as {column}")
    name = f"substr(filename, {part.prefix + 1}, length(filename) - {part.prefix + part.suffix})"
    return (
        f"select {', '.join(columns)}, {name} as {raw_contract.SOURCE_FILE}, "  # noqa: S608
        f"file_row_number + 1 as {raw_contract.SOURCE_ROW} "
        f"from {_scan(part.paths, ', filename = true, file_row_number = true')}"
    )


def _cast(name: str, found: str, wanted: str) -> str:
    """Read a column as another type; as text in the words of the contract, whatever its own."""
    column, kind = quoted(name), column_types.kind_of(name)
    if wanted == "VARCHAR" and found != "VARCHAR":
        if kind is Kind.DAY:
            column = f"cast({column} as date)"
        elif kind is Kind.TIME:
            # In the time of the session; without fraction where there is none.
            column = f"cast({column} as timestamp)"
        elif kind in {Kind.MONEY, Kind.NUMBER} and found not in _WHOLE:
            # 120.00 is 120; what is not whole stays as it is, to be held.
            whole = f"try_cast({column} as decimal(38, 0))"
            return (
                f"case when {whole} = {column} then cast({whole} as varchar) "
                f"else cast({column} as varchar) end"
            )
    return f"cast({column} as {wanted})"


def _scan(paths: Sequence[str], options: str = "") -> str:
    # No guessing from folder names such as `region=11` above the landing area.
    return (
        f"read_parquet([{literals(paths)}], "
        f"hive_partitioning = false, binary_as_string = true{options})"
    )


def _converted(
    connection: duckdb.DuckDBPyConnection, file: CheckedFile, converted_dir: Path, limits: Limits
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
            f"nullstr = '', strict_mode = true, max_line_size = {limits.line_bytes})) "
            f"to {literal(str(target))} (format parquet)"
        )
    except duckdb.InvalidInputException as error:
        line = _LINE.search(str(error))
        where = f"{source}, line {line[1]}" if line else str(source)
        if "Maximum line size" in str(error):
            raise BadInput(
                f"A row of a text file is longer than {limits.line_bytes:,} bytes, or a quote is "
                "never closed",
                where,
                f"mend the export; if the row is right, raise the limit: {SETTING}=line_bytes=<n>",
            ) from error
        raise BadInput(
            "A text file is not a table: a line has too few or too many values, an open quote "
            "or another line end",
            where,
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
    _create_listing(connection, "batch_files", raw_contract.BATCH_FILES, rows)


def _create_schema_changes(
    connection: duckdb.DuckDBPyConnection, files: Iterable[CheckedFile]
) -> None:
    """One row per file and column that is not as the contract or the files before have it."""
    rows = [astuple(change) for change in schema_drift.changes(files)]
    names = [field.name for field in fields(schema_drift.Change)]
    _create_listing(connection, raw_contract.SCHEMA_CHANGES, names, rows)


def _create_listing(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    names: Sequence[str],
    rows: Sequence[tuple[str, ...]],
) -> None:
    name = f"{_SCHEMA}.{raw_contract.relation(relation)}"
    columns = ", ".join(f"{column} varchar" for column in names)
    connection.execute(f"create table {name} ({columns})")
    if rows:
        values = ", ".join(f"unnest([{literals(each)}])" for each in zip(*rows, strict=True))
        connection.execute(f"insert into {name} select {values}")


def _refuse_pattern(path: Path) -> None:
    if re.search(r"[*?\[\]]", str(path)):
        raise BadInput(
            "A folder name holds one of * ? [ ], which DuckDB takes for a pattern",
            str(path),
            "rename the folder",
        )
