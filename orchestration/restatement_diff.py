"""Two generations, table by table: which published cells differ, are gone, or appeared too late.

Belongs here: the set-wise comparison in SQL. Does not belong here: why a cell changed
(restatement_causes), what is done with the result (restatements).

Tables are compared in the columns that both have. The checksums of buckets tell which rows have to
be looked at. What belongs to a period that was open, or says itself that it happened since, is
growth and no restatement; it is counted, not listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestration.restatement_tables import CLOCK, PublishedTable, is_month
from orchestration.sql_text import literal, quoted
from orchestration.table_checksums import bucket_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import duckdb

    from orchestration.restatement_causes import Attribution

#: Pseudo-column: whether there is a row at all.
ROW: Final = "(row)"

#: Databases of the two generations on the connection.
BEFORE: Final = "previous"
NOW: Final = "candidate"

_NUMBERS: Final = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
)
#: One in so many buckets is named at most; beyond that all rows are read.
_MOST_NAMED: Final = 4

_DAYS: Final = ("DATE", "TIMESTAMP")


@dataclass(frozen=True, slots=True)
class Shape:
    """What two generations of a table have in common, and the days between which they stand."""

    table: PublishedTable
    columns: Mapping[str, str]
    retyped: frozenset[str]
    known_to: dt.date
    is_same_day: bool
    relations: Mapping[str, str] = field(default_factory=dict)
    """By side, the rows beside which none can differ; none where any can."""

    @property
    def compared(self) -> tuple[str, ...]:
        """Columns whose change is a change: not the key, not the clock, not what is passed over."""
        passed_over = self.table.passed_over if not self.is_same_day else frozenset()
        return tuple(
            name
            for name in self.columns
            if name not in self.table.key and name != CLOCK and name not in passed_over
        )

    @property
    def has_line(self) -> bool:
        """Whether rows are about a line."""
        return "line_key" in self.columns


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that differ: restated, or grown; and the cells restated."""

    restated_rows: int
    grown_rows: int
    cells: Mapping[str, int]


def copied(
    connection: duckdb.DuckDBPyConnection, table: PublishedTable, condition: str
) -> dict[str, str]:
    """Copy the rows that a condition names, by side: they are measured and compared.

    Returns:
        Names of the copies, until the next table is copied.
    """
    before, now = (quoted(side, table.schema, table.name) for side in (BEFORE, NOW))
    # What a batch built was appended: told by its place, all that stands is left unread.
    appended = f"rowid in (select rowid from {now} where {condition})"  # noqa: S608
    copies = {}
    for side, rows, where in ((BEFORE, before, condition), (NOW, now, appended)):
        copies[side] = f"rows_of_{side}"
        connection.execute(
            f"create or replace temp table {copies[side]} as select * from {rows} where {where}"  # noqa: S608
        )
    return copies


def find(
    connection: duckdb.DuckDBPyConnection, shape: Shape, buckets: Sequence[int] | None, of: int
) -> Found:
    """Put the rows that differ and belong to no open period into `changed`, and count all.

    Args:
        connection: both generations attached, as `previous` and `candidate`.
        shape: the table.
        buckets: where to look; None: everywhere.
        of: number of buckets.
    """
    connection.execute(_differing(shape, buckets, of))
    connection.execute(_changed(shape))
    cells = [
        f"count(*) filter (where is_restated and {_differs(index)})"
        for index, _ in enumerate(shape.compared)
    ]
    ((restated, grown, rows, *counts),) = connection.execute(
        "select count(*) filter (where is_restated), count(*) filter (where not is_restated) "  # noqa: S608
        "+ (select count(*) from differing where is_open), "
        "count(*) filter (where is_restated and is_before is distinct from is_now)"
        f"{''.join(', ' + cell for cell in cells)} from changed"
    ).fetchall()
    named = dict(zip((ROW, *shape.compared), (rows, *counts), strict=True))
    return Found(restated, grown, {name: count for name, count in named.items() if count})


def list_cells(
    connection: duckdb.DuckDBPyConnection,
    shape: Shape,
    found: Found,
    attribution: Attribution,
    keys_listed: int,
) -> None:
    """Add the restated cells of `changed` to `restated_cells`, each with its cause.

    A column with more than `keys_listed` cells becomes one row per cause, with counts and sums.
    """
    connection.execute(
        "create or replace temp table attributed as "  # noqa: S608
        f"select changed.*, {attribution.cause} as cause from changed {attribution.join} "
        "where is_restated"
    )
    for name, count in found.cells.items():
        write = _listed if count <= keys_listed else _summed_up
        connection.execute(
            f"insert into restated_cells by name {write(shape, name, attribution.evidence)}"
        )


def _differing(shape: Shape, buckets: Sequence[int] | None, of: int) -> str:
    """Write which rows differ, by their key, from a number for each row in place of its columns.

    What differs in an open period has grown, whatever its columns hold: they are not looked at.
    """
    sides = {}
    for side, database in (("earlier", BEFORE), ("later", NOW)):
        relation, where = _relation(shape, database), ""
        # To name most of the buckets costs more than to read the rows of all of them.
        if buckets is not None and not shape.relations and len(buckets) * _MOST_NAMED < of:
            listed = ", ".join(map(str, buckets))
            where = f" where {bucket_of(shape.table.key, of)} in ({listed})"
        row = ", ".join(["1", *(_value(shape, name) for name in shape.compared)])
        sides[side] = (
            f"select {_period(shape)} as period_on, hash({row}) as row_hash{_key(shape)} "  # noqa: S608
            f"from {relation}{where}"
        )
    has_periods = shape.table.mode == "period" and not shape.is_same_day
    is_open = f"not coalesce({_was_closed(shape)}, false)" if has_periods else "false"
    return f"""
        create or replace temp table differing as
        with earlier as ({sides["earlier"]}), later as ({sides["later"]})
        select {_key_hash(shape, "earlier")} as {BEFORE}, {_key_hash(shape, "later")} as {NOW},
            {is_open} as is_open
        from earlier full join later on {_same_key(shape)}
        where earlier.row_hash is distinct from later.row_hash
    """  # noqa: S608 - names of the contract


def _changed(shape: Shape) -> str:
    table = shape.table
    key = " || ', ' || ".join(
        f"{literal(f'{name}=')} || cast(coalesce(earlier.k{index}, later.k{index}) as varchar)"
        for index, name in enumerate(table.key_names)
    )
    pairs = "".join(
        f", earlier.c{index} as b{index}, later.c{index} as a{index}"
        for index, _ in enumerate(shape.compared)
    )
    line = ", coalesce(earlier.line_key, later.line_key) as line_key" if shape.has_line else ""
    return f"""
        create or replace temp table changed as
        with earlier as ({_side(shape, BEFORE)}),
        later as ({_side(shape, NOW)})
        select
            {key} as key,
            coalesce(earlier.is_there, false) as is_before,
            coalesce(later.is_there, false) as is_now,
            coalesce(later.period_on, earlier.period_on) as period_on,
            coalesce({_is_restated(shape)}, false) as is_restated
            {line}{pairs}
        from earlier full join later on {_same_key(shape)}
    """  # noqa: S608 - names of the contract


def _side(shape: Shape, database: str) -> str:
    columns = "".join(
        f", {_value(shape, name)} as c{index}" for index, name in enumerate(shape.compared)
    )
    days = "".join(f", {quoted(name)} as d{index}" for index, name in enumerate(_days(shape)))
    line = ", line_key" if shape.has_line else ""
    return (
        f"select true as is_there, {_period(shape)} as period_on{_key(shape)}{columns}{days}{line} "  # noqa: S608
        f"from {_relation(shape, database)} where hash({', '.join(shape.table.key)}) in "
        f"(select {database} from differing where not is_open)"
    )


def _relation(shape: Shape, database: str) -> str:
    return shape.relations.get(database, quoted(database, shape.table.schema, shape.table.name))


def _key(shape: Shape) -> str:
    return "".join(f", {part} as k{index}" for index, part in enumerate(shape.table.key))


def _key_hash(shape: Shape, side: str) -> str:
    """Write the hash of a side's own key, which may be of another type than that of the other."""
    return f"hash({', '.join(f'{side}.k{index}' for index, _ in enumerate(shape.table.key))})"


def _same_key(shape: Shape) -> str:
    return " and ".join(f"earlier.k{n} = later.k{n}" for n, _ in enumerate(shape.table.key))


def _value(shape: Shape, name: str) -> str:
    return f"cast({quoted(name)} as varchar)" if name in shape.retyped else quoted(name)


def _days(shape: Shape) -> list[str]:
    """Columns that say when something happened."""
    return [
        name for name, kind in shape.columns.items() if kind.startswith(_DAYS) and name != CLOCK
    ]


def _period(shape: Shape) -> str:
    """Write the last day that a row speaks of; null where it speaks of none."""
    days = [
        f"last_day({quoted(name)})" if is_month(name) else f"cast({quoted(name)} as date)"
        for name in shape.table.periods
        if name in shape.columns
    ]
    return f"greatest({', '.join(days)})" if days else "cast(null as date)"


def _is_restated(shape: Shape) -> str:
    """Write whether a difference was published and is no growth."""
    if shape.is_same_day:
        return "true"
    known_to = f"date '{shape.known_to}'"
    happened_since = " or ".join(
        f"(later.d{index} >= {known_to} + interval 1 day and earlier.d{index} is null)"
        for index, _ in enumerate(_days(shape))
    )
    grows = f"coalesce({happened_since or 'false'}, false)"
    if shape.table.mode != "period":
        return f"not {grows}"
    appeared = "earlier.is_there is null"
    return f"{_was_closed(shape)} and ({appeared} or not {grows})"


def _was_closed(shape: Shape) -> str:
    return f"least(earlier.period_on, later.period_on) <= date '{shape.known_to}'"


def _differs(index: int) -> str:
    return f"a{index} is distinct from b{index}"


def _listed(shape: Shape, name: str, evidence: str) -> str:
    if name == ROW:
        previous, current = (
            "case when is_before then 'there' end",
            "case when is_now then 'there' end",
        )
        delta, where = "cast(null as decimal(38, 6))", "is_before is distinct from is_now"
    else:
        index = shape.compared.index(name)
        previous, current = f"cast(b{index} as varchar)", f"cast(a{index} as varchar)"
        delta, where = _delta(shape, name, f"a{index}", f"b{index}"), _differs(index)
    return f"""
        select
            {literal(shape.table.full_name)} as published_table,
            key, {literal(name)} as column_name, period_on,
            {previous} as previous, {current} as current, {delta} as delta,
            {_kind()} as change_kind, cause, {evidence} as evidence, 1 as cell_count
        from attributed where {where}
    """  # noqa: S608


def _summed_up(shape: Shape, name: str, evidence: str) -> str:
    if name == ROW:
        sums = ("cast(null as varchar)", "cast(null as varchar)", "cast(null as decimal(38, 6))")
        where = "is_before is distinct from is_now"
    else:
        index = shape.compared.index(name)
        before, now = f"sum(b{index})", f"sum(a{index})"
        where = _differs(index)
        if _is_number(shape, name):
            texts = (f"cast({before} as varchar)", f"cast({now} as varchar)")
        else:
            texts = ("cast(null as varchar)", "cast(null as varchar)")
            before = now = "null"
        sums = (*texts, _delta(shape, name, now, before))
    return f"""
        select
            {literal(shape.table.full_name)} as published_table,
            '(' || format('{{:,}}', count(*)) || ' cells ' || {_kind()} || ' by ' || cause || ')'
                as key,
            {literal(name)} as column_name, max(period_on) as period_on,
            {sums[0]} as previous, {sums[1]} as current, {sums[2]} as delta,
            {_kind()} as change_kind, cause, {evidence} as evidence, count(*) as cell_count
        from attributed where {where}
        group by {_kind()}, cause
    """  # noqa: S608


def _kind() -> str:
    return "case when not is_now then 'gone' when not is_before then 'appeared' else 'changed' end"


def _is_number(shape: Shape, name: str) -> bool:
    return shape.columns[name].startswith(_NUMBERS) and name not in shape.retyped


def _delta(shape: Shape, name: str, now: str, before: str) -> str:
    if not _is_number(shape, name):
        return "cast(null as decimal(38, 6))"
    one, other = (f"coalesce(try_cast({side} as decimal(38, 6)), 0)" for side in (now, before))
    return f"try_cast({one} - {other} as decimal(38, 6))"
