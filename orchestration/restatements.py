"""Every generation is compared with the one before, and carries the comparison itself.

Belongs here: the order of the comparison and the three tables that it fills in the candidate. Does
not belong here: the step of the run (restatement_step), finding cells (restatement_diff), causes.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import attached_tables, restatement_diff, table_checksums
from orchestration.restatement_causes import Causes
from orchestration.restatement_diff import BEFORE, NOW, Shape
from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestration.generation_history import Edition
    from orchestration.restatement_tables import PublishedTable
    from orchestration.settings import RawCarrier, Settings

#: The marts that this fills, made empty by dbt.
REPORT: Final = "reconciliation.rpt_restatements"
COMPARED: Final = "reconciliation.fct_generations_compared"
CHECKSUMS: Final = "reconciliation.fct_table_checksums"

#: What the comparison fills; no model of dbt does.
FILLED_HERE: Final = (REPORT, COMPARED, CHECKSUMS)

#: Keys of which the work database lists those in scope, see macros/incremental.
_KEYS_IN_SCOPE: Final = ("line_key", "customer_key")

#: A reading of one day is compared with one of that day alone, which is rare: beyond this many rows
#: it has no checksums for that, in a first generation neither, and both are measured then.
_LARGEST_READING: Final = 1_000_000

#: A view is compared by itself only if its code changed, and not beyond this many rows.
_LARGEST_VIEW: Final = 5_000_000

_CELLS: Final = """
    create or replace temp table restated_cells (
        published_table varchar, key varchar, column_name varchar, period_on date,
        previous varchar, current varchar, delta decimal(38, 6), change_kind varchar,
        cause varchar, evidence varchar, cell_count bigint
    )
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of comparing one table."""

    table: str
    compared_by: str
    outcome: str
    previous_rows: int | None
    current_rows: int | None
    restated_rows: int = 0
    restated_cells: int = 0
    grown_rows: int = 0
    reason: str = ""


@contextmanager
def opened(settings: Settings, before: Edition | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the candidate for writing, beside it the work database and the generation before."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        connection.execute(f"set memory_limit = {literal(settings.memory_limit)}")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach {literal(str(settings.candidate_db))} as {NOW}")
        connection.execute(f"attach {literal(str(settings.work_db))} as work (read_only)")
        if before is not None:
            connection.execute(f"attach {literal(str(before.path))} as {BEFORE} (read_only)")
        yield connection
    finally:
        connection.close()


def compare(
    connection: duckdb.DuckDBPyConnection,
    carrier: RawCarrier,
    tables: Sequence[PublishedTable],
    *,
    before: Edition | None,
    now: Edition,
    keys_listed: int,
    is_built_on: bool = False,
) -> tuple[Outcome, ...]:
    """Fill the three tables of the candidate; what an earlier attempt left in them goes.

    Args:
        connection: from `opened`.
        carrier: which carrier of the raw contract the batch read.
        tables: the published tables.
        before: the generation to compare with; None for the first one of its books.
        now: the batch in the work area, as the edition it will become.
        keys_listed: cells of one column beyond which they are summed up by cause.
        is_built_on: whether tables that keep their rows kept those of `before`, but for the keys
            in scope.
    """
    for name in (REPORT, COMPARED, CHECKSUMS):
        connection.execute(f"delete from {NOW}.{name}")  # noqa: S608 - our own names
    connection.execute(_CELLS)
    comparison = _Comparison(connection, carrier, before, now, keys_listed, is_built_on=is_built_on)
    outcomes = tuple(comparison.of(table) for table in tables) + comparison.gone(tables)
    comparison.write(outcomes)
    return outcomes


class _Comparison:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        carrier: RawCarrier,
        before: Edition | None,
        now: Edition,
        keys_listed: int,
        *,
        is_built_on: bool,
    ) -> None:
        self._is_built_on = is_built_on
        self._connection = connection
        self._before = before
        self._now = now
        self._keys_listed = keys_listed
        self._columns = {NOW: attached_tables.columns(connection, NOW)}
        self._rows = {NOW: attached_tables.sizes(connection, NOW)}
        self._stored: dict[str, int] = {}
        if before is not None:
            self._columns[BEFORE] = attached_tables.columns(connection, BEFORE)
            self._rows[BEFORE] = attached_tables.sizes(connection, BEFORE)
            self._causes = Causes(connection, carrier, before, now, is_built_on=is_built_on)
            if before.engine == now.engine and CHECKSUMS in self._columns[BEFORE]:
                self._stored = dict(
                    connection.execute(
                        f"select published_table, max(bucket_count) from {BEFORE}.{CHECKSUMS} "  # noqa: S608
                        "group by published_table"
                    ).fetchall()
                )

    def of(self, table: PublishedTable) -> Outcome:
        """Measure one table and compare it, in one transaction; a view follows its tables."""
        if table.is_view or self._is_passed_over(table):
            return self._compared(table, {})
        self._connection.execute("begin")
        touched = self._touched(table)
        relations = restatement_diff.copied(self._connection, table, touched) if touched else {}
        columns = ", ".join(table_checksums.COLUMNS)
        self._connection.execute(
            f"insert into {NOW}.{CHECKSUMS} by name "  # noqa: S608
            f"select {columns} from ({self._measuring_now(table, relations)})"
        )
        outcome = self._compared(table, relations)
        self._connection.execute("commit")
        return outcome

    def _is_same_day(self) -> bool:
        return self._before is not None and self._before.as_of_date == self._now.as_of_date

    def _is_passed_over(self, table: PublishedTable) -> bool:
        """Tell whether a table is a large reading of one day, and the generation before another."""
        is_large = self._rows[NOW].get(table.full_name, 0) > _LARGEST_READING
        return table.mode == "as_of_day" and is_large and not self._is_same_day()

    def _measuring_now(self, table: PublishedTable, relations: Mapping[str, str]) -> str:
        name = table.full_name
        if relations and self._stored.get(name) == self._buckets(table):
            sides = [self._measuring(side, table, relations[side]) for side in (BEFORE, NOW)]
            return table_checksums.carried(name, f"{BEFORE}.{CHECKSUMS}", *sides)
        return self._measuring(NOW, table)

    def _touched(self, table: PublishedTable) -> str:
        """Write which rows of a table can be others than before; empty where any can."""
        key = table.kept_by
        is_kept = self._is_built_on and key in _KEYS_IN_SCOPE
        earlier, later = (
            self._columns.get(side, {}).get(table.full_name) for side in (BEFORE, NOW)
        )
        if not is_kept or earlier != later:
            return ""
        # A row without a key belongs to nothing that could be out of scope.
        return f"({key} is null or {key} in (select {key} from work.scope.{key}s))"  # noqa: S608

    def _measuring(self, database: str, table: PublishedTable, relation: str = "") -> str:
        return table_checksums.measuring(
            relation or quoted(database, table.schema, table.name),
            table.full_name,
            table.key,
            list(self._columns[database][table.full_name]),
            self._buckets(table),
        )

    def _buckets(self, table: PublishedTable) -> int:
        rows = self._rows[NOW].get(table.full_name, 0)
        return table_checksums.bucket_count(rows, self._stored.get(table.full_name, 0))

    def _compared(self, table: PublishedTable, relations: Mapping[str, str]) -> Outcome:
        name, before = table.full_name, self._before
        previous = self._rows[BEFORE].get(name) if before is not None else None
        current = self._rows[NOW].get(name)

        def outcome(what: str, reason: str = "") -> Outcome:
            return Outcome(name, table.mode, what, previous, current, reason=reason)

        if before is None:
            return outcome("first", "no generation of these books was published before")
        if name not in self._columns[BEFORE]:
            return outcome("new_table", "the generation before has no such table")
        if table.is_view and (why := self._follows(table)):
            return outcome("view", why)
        same_columns = self._columns[BEFORE][name] == self._columns[NOW][name]
        is_measured = not table.is_view and not self._is_passed_over(table)
        buckets = self._differing(table) if same_columns and is_measured else None
        if buckets == []:
            return outcome("unchanged")
        is_same_day = self._is_same_day()
        if table.mode == "as_of_day" and not is_same_day:
            return outcome(
                "another_day", f"a reading of one day; the one before is of {before.as_of_date}"
            )
        shape = self._shape(table, relations, is_same_day=is_same_day)
        found = restatement_diff.find(self._connection, shape, buckets, self._buckets(table))
        if found.cells:
            attribution = self._causes.attribute(
                table, self._causes.suspects(table), has_line=shape.has_line
            )
            restatement_diff.list_cells(
                self._connection, shape, found, attribution, self._keys_listed
            )
        return Outcome(
            name,
            table.mode,
            "restated" if found.cells else "grown" if found.grown_rows else "unchanged",
            previous,
            current,
            found.restated_rows if found.cells else 0,
            sum(found.cells.values()),
            found.grown_rows,
            "" if same_columns else attached_tables.columns_in_words(*self._both(name)),
        )

    def gone(self, tables: Sequence[PublishedTable]) -> tuple[Outcome, ...]:
        """Name the tables of the generation before that are not there any more."""
        if self._before is None:
            return ()
        kept = {table.full_name for table in tables} | {REPORT, COMPARED, CHECKSUMS}
        listed = set(self._before.made_of.code) - kept
        for name in sorted(listed):
            self._connection.execute(
                "insert into restated_cells by name select "
                f"{literal(name)} as published_table, '(table)' as key, "
                f"{literal(restatement_diff.ROW)} as column_name, 'there' as previous, "
                "'gone' as change_kind, 'code_version' as cause, "
                "'the project has no such table any more' as evidence, 1 as cell_count"
            )
        return tuple(
            Outcome(name, "period", "gone", self._rows[BEFORE].get(name), None, 0, 1)
            for name in sorted(listed)
        )

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Put cells and outcomes into the candidate."""
        before, now = self._before, self._now
        edition = (
            f"{_text(before.generation_id if before else '')} as previous_generation_id, "
            f"cast({_text(str(before.as_of_date) if before else '')} as date) "
            "as previous_as_of_date, "
            f"cast({literal(str(now.as_of_date))} as date) as as_of_date"
        )
        self._connection.execute(
            f"insert into {NOW}.{REPORT} by name select *, {edition} from restated_cells"  # noqa: S608
        )
        rows = ", ".join(_as_row(each) for each in outcomes)
        self._connection.execute(
            f"insert into {NOW}.{COMPARED} by name select *, {edition} from (values {rows}) as "  # noqa: S608
            "outcomes (published_table, compared_by, outcome, previous_rows, current_rows, "
            "restated_rows, restated_cells, grown_rows, reason)"
        )

    def _differing(self, table: PublishedTable) -> list[int]:
        """List the buckets that differ from the generation before; measures it if it has to."""
        stored = f"{BEFORE}.{CHECKSUMS}"
        if self._stored.get(table.full_name) != self._buckets(table):
            stored = "measured_before"
            self._connection.execute(
                f"create or replace temp table {stored} as {self._measuring(BEFORE, table)}"
            )
        return table_checksums.differing(
            self._connection, table.full_name, stored, f"{NOW}.{CHECKSUMS}"
        )

    def _follows(self, table: PublishedTable) -> str:
        """Say why a view is not compared by itself; empty if it has to be."""
        if (
            self._before is not None
            and self._before.made_of.code.get(table.full_name) == table.code
        ):
            return "a view: its tables are compared"
        ((rows,),) = self._connection.execute(
            f"select count(*) from {quoted(NOW, table.schema, table.name)}"  # noqa: S608
        ).fetchall()
        return f"a view of {rows:,} rows: its tables are compared" if rows > _LARGEST_VIEW else ""

    def _both(self, name: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        return self._columns[BEFORE][name], self._columns[NOW][name]

    def _shape(
        self, table: PublishedTable, relations: Mapping[str, str], *, is_same_day: bool
    ) -> Shape:
        earlier, later = self._both(table.full_name)
        shared = {name: kind for name, kind in later.items() if name in earlier}
        return Shape(
            table=table,
            columns=shared,
            retyped=frozenset(name for name, kind in shared.items() if earlier[name] != kind),
            known_to=self._before.as_of_date if self._before else self._now.as_of_date,
            is_same_day=is_same_day,
            relations=relations,
        )


def _as_row(outcome: Outcome) -> str:
    texts = (outcome.table, outcome.compared_by, outcome.outcome)
    numbers = (
        outcome.previous_rows,
        outcome.current_rows,
        outcome.restated_rows,
        outcome.restated_cells,
        outcome.grown_rows,
    )
    values = [
        *map(literal, texts),
        *("cast(null as bigint)" if number is None else str(number) for number in numbers),
        _text(outcome.reason),
    ]
    return f"({', '.join(values)})"


def _text(text: str) -> str:
    return literal(text) if text else "cast(null as varchar)"
