"""The rows of the bundled sample, delivered in a disorder of one's choice, batch by batch.

Belongs here: making deliveries at random, building each one from what stands, and all of them anew,
by dbt itself. Does not belong here: the verdict of a test. Run as a module it is a process of its
own: `python -m tests.warehouse.incremental_runs <folder of databases> <work folder> <seed>`.

Of the rows some are held back and come later under their own day or under a later one, some come
twice, some come again with other values or another owner, some without an id; lines and customers
among them, so that what names them waits in quarantine. A correction can bring the end of a line in
a month long gone.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import equality, plans, published_ledger, raw_contract, scope, unaffected
from orchestration.dbt_session import DbtSession
from orchestration.settings import Settings
from orchestration.standing import TakenFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestration.equality import Difference

#: As-of days of the batches. No register begins or ends to say something between them.
DAYS: Final = (date(2026, 2, 21), date(2026, 2, 25), date(2026, 3, 2), date(2026, 3, 8))

#: Number of the batch of rows that come with none of these days.
NEVER: Final = 99

#: What a correction changes, by entity: column and SQL on the row and on `other`, a random row.
CORRECTIONS: Final = {
    "customers": {
        "birth_date": "other.birth_date",
        "customer_type": "case when dice % 5 = 0 then 'nobody' else other.customer_type end",
    },
    "lines": {
        "customer_id": "case when dice % 3 = 0 then other.customer_id else row.customer_id end",
        "terminated_at": "case when dice % 3 = 1 then '2025-09-15 10:00:00' "
        "else row.terminated_at end",
        "termination_kind": "case when dice % 3 = 1 then 'port_out' else row.termination_kind end",
        "activated_at": "case when dice % 7 = 2 then '2026-01-20 09:00:00' "
        "else row.activated_at end",
        "plan_code": "other.plan_code",
    },
    "contracts": {
        "line_id": "case when dice % 2 = 0 then other.line_id else row.line_id end",
        "ended_on": "case when dice % 3 = 0 then null else row.ended_on end",
    },
    "bill_items": {
        "amount_krw": "case when dice % 4 = 0 then '-1' else other.amount_krw end",
        "contract_id": "case when dice % 3 = 0 then other.contract_id else row.contract_id end",
    },
    "port_requests": {"line_id": "other.line_id", "status": "other.status"},
    "micropayments": {"line_id": "other.line_id"},
    "disputed_payments": {"status": "other.status"},
    "exposed_identifiers": {"confirmed_on": "other.confirmed_on"},
    "waiver_claims": {
        "line_id": "case when dice % 3 = 0 then other.line_id else row.line_id end",
        "operator_decision": "other.operator_decision",
    },
    "refund_payments": {"claim_id": "other.claim_id", "status": "other.status"},
    "benefit_choices": {"choice": "other.choice"},
    "benefit_redemptions": {"line_id": "other.line_id", "redeemed_on": "other.redeemed_on"},
    "insurance_enrolments": {"customer_id": "other.customer_id"},
}


#: Tables that keep their rows: relation, entity, the column that rows are replaced by, and the
#: double of a row. The key of a line does not hold that column: its double stands elsewhere.
DOUBLES: Final = {
    "stg_operator__contracts": ("staging.stg_operator__contracts", "contracts", "contract_id", "*"),
    "stg_operator__line_vault": (
        *("restricted.stg_operator__line_vault", "lines", "line_id"),
        "* replace (line_id || ' again' as line_id)",
    ),
}


@dataclass(frozen=True)
class Runs:
    """A work area with the sample's databases, and the pool of rows that deliveries take from."""

    settings: Settings
    session: DbtSession
    nodes: tuple[str, ...]
    seed: int

    def deliver(self, number: int) -> list[TakenFile]:
        """Add what arrives with a batch to the raw relations; returns its files."""
        files: list[TakenFile] = []
        self._publish_books(number)
        with duckdb.connect(str(self.settings.work_db)) as connection:
            for entity in raw_contract.ENTITIES:
                connection.execute(_insert(entity, number))
            for entity in raw_contract.ENTITIES:
                names = connection.execute(
                    f"select source_file, count(*) from raw.raw_{entity} "
                    f"where source_file like '%-{number}.csv' group by 1"
                ).fetchall()
                files += [TakenFile(name, entity, "", "", rows) for name, rows in names]
            connection.execute(
                "delete from raw.raw_batch_files; insert into raw.raw_batch_files by name "
                + " union all by name ".join(
                    f"select substr(source_file, 1, 10) as batch_date, '{entity}' as entity, "
                    "source_file as file_name, cast(count(*) as varchar) as row_count, "
                    f"'' as sha256, '0.001' as sample_rate from raw.raw_{entity} "
                    "group by source_file"
                    for entity in raw_contract.ENTITIES
                )
            )
        return files

    def _publish_books(self, number: int) -> None:
        """Bring the ledger of the batch before, which the next one goes on from."""
        known = f"where {'true' if number else 'false'}"
        with duckdb.connect(str(self.settings.work_db)) as connection:
            connection.execute(f"attach '{self.settings.candidate_db}' as candidate (read_only)")
            connection.execute(
                "create or replace table published.ledger_entries as select "
                f"{', '.join(published_ledger.COLUMNS)} "
                f"from candidate.compensation.fct_ledger_entries {known}"
            )
            connection.execute(
                "create or replace table published.ledger_days as "
                f"select date '{DAYS[max(number - 1, 0)]}' as published_to {known}"
            )

    def build(self, number: int, arrived: Sequence[TakenFile] | None) -> None:
        """Build the batch of a number: from what arrived, or anew without it."""
        if arrived is not None:
            with duckdb.connect(str(self.settings.work_db)) as connection:
                scope.write(connection, arrived, DAYS[number - 1], DAYS[number])
        stands = frozenset[str]()
        if arrived is not None:
            changed = {file.entity for file in arrived} | {unaffected.DAY} | unaffected.BOOKS
            changed |= unaffected.EVERY_DELIVERY
            stands = unaffected.nodes(self.session.manifest(), changed)
        wanted = [node for node in self.nodes if node not in stands]
        self._build(wanted, number, is_incremental=arrived is not None)

    def build_again(self, number: int) -> None:
        """Build what was staged by key, and sums with what they are of, once more.

        So does a step that is taken up again.
        """
        graph = self.session.manifest().content["nodes"]
        sums = [node for node in self.nodes if graph[node]["config"]["materialized"] == "counted"]
        of_them = {parent for node in sums for parent in graph[node]["depends_on"]["nodes"]}
        again = [node for node in self.nodes if node.endswith("_exceptions") or node in of_them]
        again += sums
        with duckdb.connect(str(self.settings.work_db), read_only=True) as connection:
            nameless = [
                connection.execute(
                    f"select count(*) from {scope.relation(entity)} where coalesce({key}, '') = ''"
                ).fetchall()[0][0]
                for entity in filter(scope.is_owned, raw_contract.ENTITIES)
                for key, *_ in [raw_contract.ENTITIES[entity]]
            ]
        assert any(nameless), "no row without an id arrived: this would prove nothing"
        self._build(again, number, is_incremental=True)

    def rows_tested(self, number: int, model: str) -> tuple[bool, bool, bool]:
        """Have a key twice that stood before the batch, then one of a row that it built as well.

        Returns:
            Whether the test of the key finds the former, in a batch and with everything built anew,
            and whether it finds the latter in a batch. The work area is spoilt by it.
        """
        nodes = self.session.manifest().content["nodes"]
        (key,) = (
            unique_id
            for unique_id, node in nodes.items()
            if node.get("attached_node", "").endswith(f".{model}")
            and node["test_metadata"]["name"] == "one_row_per"
        )

        def finds(*, is_incremental: bool) -> bool:
            run = self.session.build([key], DAYS[number], is_incremental=is_incremental)
            return run.results[0].is_broken

        self._double(model, "not in")
        stood = finds(is_incremental=True), finds(is_incremental=False)
        self._double(model, "in")
        return (*stood, finds(is_incremental=True))

    def _double(self, model: str, membership: str) -> None:
        relation, entity, kept_by, row = DOUBLES[model]
        with duckdb.connect(str(self.settings.work_db)) as connection:
            connection.execute(
                f"insert into {relation} by name select {row} from {relation} where {kept_by} "
                f"{membership} (select {kept_by} from raw.{entity}_in_scope) limit 1"
            )

    def _build(self, nodes: Sequence[str], number: int, *, is_incremental: bool) -> None:
        outcome = self.session.build(nodes, DAYS[number], is_incremental=is_incremental)
        broken = [
            f"{result.unique_id}: {result.message}"
            for result in outcome.results
            if not result.is_built
        ]
        assert not broken, "\n".join(broken)

    def fees(self, finding: str) -> set[tuple[object, ...]]:
        """List the fees with a finding, by line and contract, as they stand."""
        with duckdb.connect(str(self.settings.candidate_db), read_only=True) as connection:
            found = connection.execute(
                "select line_key, contract_id from compensation.fct_termination_fees "
                "where finding = ?",
                [finding],
            ).fetchall()
        return set(found)

    def against_anew(self, number: int) -> list[Difference]:
        """Compare what stands with the same batch built anew; what stands is left standing."""
        kept = self.settings.build_dir / "kept"
        shutil.copytree(self.settings.work_dir, kept)
        self.build(number, None)
        found = [
            difference
            for name, schemas in (
                ("warehouse.duckdb", equality.WORK_SCHEMAS),
                ("candidate.duckdb", ()),
            )
            for difference in equality.compare(
                kept / name, self.settings.work_dir / name, schemas=schemas
            )
        ]
        shutil.rmtree(self.settings.work_dir)
        kept.rename(self.settings.work_dir)
        return found


def begin(databases: Path, folder: Path, seed: int) -> Runs:
    """Set up a work area from the databases of the sample, all layers, with empty raw relations."""
    os.environ["AFTERMATH_BUILD_DIR"] = str(folder)
    os.environ["AFTERMATH_LANDING"] = str(folder)
    settings = Settings.from_env()
    shutil.copytree(databases, settings.work_dir)
    with duckdb.connect(str(settings.work_db)) as connection:
        connection.execute("create schema pool")
        for entity in raw_contract.ENTITIES:
            connection.execute(_pool(entity, seed))
            connection.execute(f"drop table raw.raw_{entity}")
            columns = (*raw_contract.ENTITIES[entity], "batch_date", "source_file")
            typed = ", ".join(f"{column} varchar" for column in columns)
            connection.execute(f"create table raw.raw_{entity} ({typed}, source_row bigint)")
    session = DbtSession(settings)
    nodes = session.manifest().content["nodes"]
    return Runs(settings, session, _kept_and_behind(nodes), seed)


def kept(nodes: dict[str, dict[str, object]]) -> list[str]:
    """List the models that keep their rows, or carry their sums on."""
    return [
        unique_id
        for unique_id, node in nodes.items()
        if node["config"]["materialized"] in {"keyed", "counted"}  # type: ignore[index]
    ]


def _kept_and_behind(nodes: dict[str, dict[str, object]]) -> tuple[str, ...]:
    waiting, found = kept(nodes), set()
    while waiting:
        unique_id = waiting.pop()
        if unique_id.startswith("model.") and unique_id not in found:
            found.add(unique_id)
            waiting += nodes[unique_id]["depends_on"]["nodes"]  # type: ignore[index]
    return tuple(sorted(found))


def _pool(entity: str, seed: int) -> str:
    """Number the rows, throw dice for each, and say with which batch it comes."""
    own = " ".join(f"when batch_date <= '{day}' then {number}" for number, day in enumerate(DAYS))
    # What every line is judged by is there from the start, or everything is built anew.
    is_held = "dice % 1000 < 60" if entity not in plans.JUDGED_BY else "false"
    return f"""
        create table pool.{entity} as
        with numbered as (
            select *, row_number() over () as number from raw.raw_{entity}
        ),
        thrown as (
            select *, hash(number, '{entity}', {seed}) as dice,
                case {own} else {NEVER} end as own_batch
            from numbered
        )
        select *, cast(case
            when own_batch < {NEVER} and {is_held}
                then greatest(own_batch, 1 + dice // 1000 % {len(DAYS) - 1})
            else own_batch end as bigint) as comes_with
        from thrown"""


def _insert(entity: str, number: int) -> str:
    """Insert what comes with a batch: rows of their day or late, repetitions and corrections."""
    day = DAYS[number]
    is_on_time = "row.own_batch = row.comes_with"
    # Late under its own day, or under the day it came, where it may still state its own.
    folder = f"case when {is_on_time} or row.dice % 3 = 0 then row.batch_date else '{day}' end"
    stated = f"case when not {is_on_time} and row.dice % 3 = 1 then '{day}' else row.batch_date end"
    changed = CORRECTIONS.get(entity, {})
    kept = _columns(entity, {})
    corrected = _columns(entity, changed)
    other = f"1 + (row.number * 7919 + {number}) % (select max(number) from pool.{entity})"
    put_right = f"row.dice // 11 % 1000 between {20 * number} and {20 * number + 15}"
    return f"""
        insert into raw.raw_{entity} by name
        select * exclude (folder), folder || '/{entity}-{number}.csv' as source_file,
            row_number() over (partition by folder) as source_row
        from (
            select {kept}, {stated} as batch_date, {folder} as folder
            from pool.{entity} as row where row.comes_with = {number}
            union all
            select {kept}, '{day}' as batch_date, '{day}' as folder
            from pool.{entity} as row
            where row.comes_with < {number} and row.dice // 7 % 1000 < 15
            union all
            select {corrected}, '{day}' as batch_date, '{day}' as folder
            from pool.{entity} as row
            inner join pool.{entity} as other on other.number = {other}
            where row.comes_with < {number} and {put_right}
        ) as arriving"""


def _columns(entity: str, changed: Mapping[str, str]) -> str:
    """Select the columns of a row, some changed; now and then a row has lost its id."""
    key, *others = raw_contract.ENTITIES[entity]
    lost = f"case when row.dice % 997 = 1 then '' else row.{key} end as {key}"
    values = {name: changed.get(name, f"row.{name}").replace("dice", "row.dice") for name in others}
    return ", ".join([lost, *(f"{value} as {name}" for name, value in values.items())])


def main(databases: Path, folder: Path, seed: int, batches: int) -> int:
    """Build some batches one upon the other, the last one in part twice; compare it with anew."""
    runs = begin(databases, folder, seed)
    overdue: set[tuple[object, ...]] = set()
    for number in range(batches + 1):
        files = runs.deliver(number)
        not_yet_billed = runs.fees("not_yet_billed") if number else set()
        runs.build(number, files if number else None)
        overdue |= not_yet_billed & runs.fees("not_charged")
    print("bills overdue, where none arrived:", len(overdue))
    runs.build_again(batches)
    differences = runs.against_anew(batches)
    for difference in differences:
        print(difference)
    tested = {model: runs.rows_tested(batches, model) for model in DOUBLES}
    print("tested of a row that stood, in a batch and anew, and of one that was built:", tested)
    return 1 if differences or set(tested.values()) != {(False, True, True)} else 0


if __name__ == "__main__":
    # What a build makes lives until it ends: looking for garbage would be a tenth of its time.
    gc.disable()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
