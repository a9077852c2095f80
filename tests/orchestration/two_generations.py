"""Two generations of a small project, for the tests of restatements.

A carrier ends lines and charges fees. `rpt_ends_monthly` counts by month, `fct_ends` has one row
per line, `rpt_outlook` is a reading of one day, `dim_plans` is a register.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration import restatements
from orchestration.generation_history import Edition, MadeOf
from orchestration.restatement_checks import CHECKS
from orchestration.restatement_diff import BEFORE, NOW
from orchestration.restatement_tables import PublishedTable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestration.restatements import Outcome

_FILLED = """
    create table reconciliation.rpt_restatements (
        published_table varchar, key varchar, column_name varchar, period_on date,
        previous varchar, current varchar, delta decimal(38, 6), change_kind varchar,
        cause varchar, evidence varchar, cell_count bigint,
        previous_generation_id varchar, previous_as_of_date date, as_of_date date
    );
    create table reconciliation.fct_generations_compared (
        published_table varchar, compared_by varchar, outcome varchar, previous_rows bigint,
        current_rows bigint, restated_rows bigint, restated_cells bigint, grown_rows bigint,
        reason varchar, previous_generation_id varchar, previous_as_of_date date, as_of_date date
    );
    create table reconciliation.fct_table_checksums (
        published_table varchar, bucket integer, bucket_count integer, row_count bigint,
        checksum decimal(38, 0)
    );
"""

_MARTS = """
    create schema churn; create schema core; create schema reconciliation;
    create table churn.fct_ends (
        line_key bigint, ended_on date, fee_krw bigint, kind varchar, refunded_on date
    );
    insert into churn.fct_ends values
        (1, '2026-01-10', 1000, 'voluntary', null), (2, '2026-01-20', 2000, 'port_out', null),
        (3, '2026-02-05', 3000, 'port_out', null), (4, '2026-03-02', 4000, 'port_out', null);
    create table churn.rpt_ends_monthly (
        month date, ends bigint, fee_krw bigint, mean_fee double, as_of_date date
    );
    create table churn.rpt_outlook (programme varchar, expected_krw bigint);
    insert into churn.rpt_outlook values ('waiver', 500);
    create table core.dim_plans (plan_code varchar, fee_krw bigint);
    insert into core.dim_plans values ('basic', 30000);
"""

_WORK = """
    create schema raw; create schema staging; create schema restricted; create schema reference;
    create table raw.raw_batch_files (
        batch_date varchar, entity varchar, sha256 varchar, row_count varchar
    );
    create table raw.raw_ends (
        end_id varchar, line_id varchar, ended_on varchar, fee_krw varchar, kind varchar,
        refunded_on varchar, batch_date varchar
    );
    create table staging.stg_operator__ends (
        end_id varchar, line_key bigint, ended_on date, fee_krw bigint, kind varchar,
        refunded_on date, loaded_on date
    );
    create table restricted.stg_operator__line_vault as
        select 'L' || range as line_id, range as line_key from range(1, 10);
    create table reference.ref_plans (plan_code varchar, known_from date);
    insert into reference.ref_plans values ('basic', '2025-01-01');
"""

TABLES = (
    PublishedTable(
        "churn",
        "fct_ends",
        key=("line_key",),
        mode="period",
        periods=("ended_on",),
        passed_over=frozenset(),
        is_view=False,
        code="a",
        registers=frozenset(),
        entities=frozenset({"ends"}),
    ),
    PublishedTable(
        "churn",
        "rpt_ends_monthly",
        key=("month",),
        mode="period",
        periods=("month",),
        passed_over=frozenset(),
        is_view=False,
        code="b",
        registers=frozenset({"ref_plans"}),
        entities=frozenset({"ends"}),
    ),
    PublishedTable(
        "churn",
        "rpt_outlook",
        key=("programme",),
        mode="as_of_day",
        periods=(),
        passed_over=frozenset(),
        is_view=False,
        code="c",
        registers=frozenset({"ref_plans"}),
        entities=frozenset({"ends"}),
    ),
    PublishedTable(
        "core",
        "dim_plans",
        key=("plan_code",),
        mode="always",
        periods=(),
        passed_over=frozenset(),
        is_view=False,
        code="d",
        registers=frozenset({"ref_plans"}),
        entities=frozenset(),
    ),
)


#: Cells of the report, by table, key and column.
Cells = dict[tuple[str, str, str], dict[str, Any]]

#: What breaks a check, by its name.
Broken = dict[str, list[str]]


@dataclass
class TwoGenerations:
    """What was published on 10 March, and the batch of the day after, in files of their own."""

    folder: Path
    before_on: dt.date = dt.date(2026, 3, 10)
    now_on: dt.date = dt.date(2026, 3, 11)
    tables: tuple[PublishedTable, ...] = TABLES
    registers: dict[str, str] = field(default_factory=lambda: {"ref_plans": "r1"})
    batches: dict[str, str] = field(default_factory=lambda: {"2026-03-10": "s1"})
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build both generations alike."""
        for name in (BEFORE, NOW):
            with duckdb.connect(str(self.folder / f"{name}.duckdb")) as connection:
                connection.execute(_MARTS + _FILLED)
        with duckdb.connect(str(self.folder / "work.duckdb")) as connection:
            connection.execute(_WORK)
        for number, day in enumerate(("01-10", "01-20", "02-05", "03-02"), start=1):
            kind = "voluntary" if number == 1 else "port_out"
            self.deliver(
                "2026-03-10", f"E{number}", f"L{number}", f"2026-{day}", number * 1000, kind
            )
        self.count()

    def change(self, statement: str, database: str = NOW) -> None:
        """Run a statement on one of the generations, or on `work`."""
        with duckdb.connect(str(self.folder / f"{database}.duckdb")) as connection:
            connection.execute(statement)

    def count(self) -> None:
        """Count ends by month anew, in both generations."""
        for name, day in ((BEFORE, self.before_on), (NOW, self.now_on)):
            self.change(
                "delete from churn.rpt_ends_monthly; insert into churn.rpt_ends_monthly "
                "select date_trunc('month', ended_on), count(*), sum(fee_krw), avg(fee_krw), "
                f"date '{day}' from churn.fct_ends group by 1",
                name,
            )

    def deliver(  # noqa: PLR0917 - the columns of a row
        self,
        batch: str,
        end_id: str,
        line: str,
        ended: str,
        fee: int,
        kind: str = "port_out",
        refunded: str = "",
    ) -> None:
        """Add a row to the deliveries; one of the same id is another version."""
        self.batches.setdefault(batch, f"sha of {batch}")
        self.rows.append((end_id, line, ended, str(fee), kind, refunded, batch))

    def _write_work(self) -> None:
        with duckdb.connect(str(self.folder / "work.duckdb")) as connection:
            connection.execute(
                # Anew: rows are numbered, and removed ones keep their numbers for a while.
                "create or replace table raw.raw_ends as from raw.raw_ends where false; "
                "delete from raw.raw_batch_files; "
                "create or replace table restricted.stg_operator__ends_exceptions ("
                "natural_id varchar, delivered_on date, source_file varchar, source_row bigint, "
                "status varchar)"
            )
            for row in self.rows:
                connection.execute(f"insert into raw.raw_ends values {row}")
            for day in self.batches:
                connection.execute(
                    f"insert into raw.raw_batch_files select '{day}', 'ends', '', count(*) "
                    f"from raw.raw_ends where batch_date = '{day}'"
                )
            connection.execute(
                "insert into restricted.stg_operator__ends_exceptions "
                "select end_id, cast(batch_date as date), 'raw_ends.csv', rowid + 1, "
                "case when row_number() over (partition by end_id order by batch_date desc) = 1 "
                "then 'accepted' else 'superseded' end from raw.raw_ends "
                "qualify count(*) over (partition by end_id) > 1"
            )

    def edition(self, name: str, day: dt.date, batches: Mapping[str, str]) -> Edition:
        """Describe one of the two as its facts would."""
        return Edition(
            generation_id=f"generation {name}",
            path=self.folder / f"{name}.duckdb",
            as_of_date=day,
            code_version="v1",
            engine=duckdb.__version__,
            facts={},
            made_of=MadeOf(
                {table.full_name: table.code for table in TABLES}, {"ref_plans": "r1"}, batches
            ),
        )

    def compare(
        self, keys_listed: int = 1000, *, carried_on: str = "", is_built_on: bool = False
    ) -> tuple[
        dict[tuple[str, str, str], dict[str, Any]], dict[str, Outcome], dict[str, list[str]]
    ]:
        """Compare them; `carried_on` is a rule of a generation that was rolled back since.

        `is_built_on` says that the one now kept the rows of the one before.

        Returns:
            The cells of the report by table, key and column; outcomes by table; what breaks checks.
        """
        self._write_work()
        before = self.edition(BEFORE, self.before_on, {"2026-03-10": "s1"})
        if carried_on:
            self.tables = tuple(
                replace(table, reads_books=table.name == "rpt_ends_monthly")
                for table in self.tables
            )
            rules = replace(before.made_of, registers={"ref_plans": carried_on})
            before = replace(before, later=(replace(before, made_of=rules),))
        now = replace(
            self.edition(NOW, self.now_on, self.batches),
            made_of=MadeOf(
                {table.full_name: table.code for table in self.tables}, self.registers, self.batches
            ),
        )
        with duckdb.connect() as connection:
            connection.execute(f"attach '{now.path}' as {NOW}")
            connection.execute(f"attach '{before.path}' as {BEFORE} (read_only)")
            connection.execute(f"attach '{self.folder / 'work.duckdb'}' as work (read_only)")
            outcomes = restatements.compare(
                connection,
                "seeds",
                self.tables,
                before=before,
                now=now,
                keys_listed=keys_listed,
                is_built_on=is_built_on,
            )
            cursor = connection.execute(f"from {NOW}.{restatements.REPORT}")
            names = [column[0] for column in cursor.description or ()]
            cells = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            broken = {check.name: check.broken(connection) for check in CHECKS}
        return (
            {(row["published_table"], row["key"], row["column_name"]): row for row in cells},
            {outcome.table: outcome for outcome in outcomes},
            {name: rows for name, rows in broken.items() if rows},
        )
