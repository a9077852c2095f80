"""The staging models on raw tables of a few rows in memory.

Belongs here: giving them deliveries and a day, reading what they made.
Does not belong here: any expectation about it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from tests import compiled_project
from tests.warehouse import staging_contract as raw
from tests.warehouse import staging_oracle as oracle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

#: Rows put in by one statement.
AT_ONCE = 500

#: Type of a column in typed exports, by the ending of its name; text otherwise.
TYPES = {
    "_on": "date",
    "_date": "date",
    "_from": "date",
    "_to": "date",
    "_month": "date",
    "_at": "timestamp",
    "_krw": "bigint",
    "_gb": "bigint",
    "_months": "bigint",
    "_days": "bigint",
    "attempts": "bigint",
    "is_registered": "boolean",
    "payee_is_owner": "boolean",
}


@dataclass(frozen=True)
class Compiled:
    """Models in the order in which they read each other, and the SQL that makes each."""

    relations: tuple[tuple[str, str, str], ...]
    """Relation, `table` or `view`, compiled SQL."""


@functools.cache
def compiled() -> Compiled:
    """The staging models for a landing area."""
    nodes = compiled_project.nodes("landing", "path:models/staging")
    models = {
        name: node
        for name, node in nodes.items()
        if node["resource_type"] == "model" and "/staging/" in node["original_file_path"]
    }
    ordered: dict[str, tuple[str, str, str]] = {}
    while len(ordered) < len(models):
        for name, node in models.items():
            waits = {parent for parent in node["depends_on"]["nodes"] if parent in models}
            if name not in ordered and waits <= set(ordered):
                kind = "view" if node["config"]["materialized"] == "view" else "table"
                ordered[name] = (
                    f"{node['schema']}.{node['name']}",
                    kind,
                    node["compiled_code"],
                )
    return Compiled(tuple(ordered.values()))


def type_of(column: str) -> str:
    """Type that a typed export gives a column."""
    return next((kind for end, kind in TYPES.items() if column.endswith(end)), "varchar")


class Staging:
    """A work database in memory."""

    def __init__(self, *, typed: bool) -> None:
        """Create the registers and empty raw tables, of text or of typed columns."""
        self._connection = duckdb.connect()
        self._execute("attach ':memory:' as warehouse")
        self._execute("use warehouse")
        self._execute("set TimeZone = 'Asia/Seoul'")
        self._execute("set variable pseudonym_key = 'a key of the tests'")
        for schema in ("raw", "reference", "staging", "restricted"):
            self._execute(f"create schema {schema}")
        self._registers()
        for entity, contract in raw.CONTRACTS.items():
            columns = ", ".join(
                f"{name} {type_of(name) if typed else 'varchar'}"
                for name in (*contract.columns(), "batch_date")
            )
            self._execute(
                f"create table raw.raw_{entity} ({columns}, source_file varchar, source_row bigint)"
            )
        self._execute(
            "create table raw.raw_batch_files (batch_date varchar, entity varchar, "
            "file_name varchar, row_count varchar, sha256 varchar, sample_rate varchar)"
        )
        self._execute(
            "create table raw.raw_schema_changes (batch_date varchar, entity varchar, "
            "file_name varchar, column_name varchar, kind varchar, delivered_type varchar)"
        )

    def _execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(sql, parameters)

    def _registers(self) -> None:
        self._execute("create table reference.ref_code_lists (code_list varchar, code varchar)")
        self._execute(
            "create table reference.ref_carriers "
            "(carrier_code varchar, host_carrier varchar, is_operator boolean)"
        )
        self._execute("create table reference.ref_plans (plan_code varchar)")
        self._execute(
            "create table reference.ref_programmes "
            "(programme_id varchar, known_from date, min_auto_enrol_age bigint)"
        )
        self._execute(
            "create table reference.ref_programme_eligibility "
            "(programme_id varchar, known_from date, reference_on date)"
        )
        self._execute(
            "create table reference.ref_imsi_prefixes (carrier_code varchar, prefix varchar)"
        )
        self._execute(
            "create table reference.ref_age_bands "
            "(band_code varchar, min_age integer, max_age integer)"
        )
        for code_list, codes in raw.CODES.items():
            for code in codes:
                self._execute(
                    "insert into reference.ref_code_lists values (?, ?)", [code_list, code]
                )
        for carrier, host in raw.CARRIERS.items():
            self._execute(
                "insert into reference.ref_carriers values (?, ?, ?)",
                [carrier, host, carrier == raw.OPERATOR],
            )
        for plan in raw.PLANS:
            self._execute("insert into reference.ref_plans values (?)", [plan])
        for carrier, prefixes in raw.PREFIXES.items():
            for prefix in prefixes:
                self._execute(
                    "insert into reference.ref_imsi_prefixes values (?, ?)", [carrier, prefix]
                )
        self._execute("insert into reference.ref_age_bands values ('any', 0, 200)")

    def build(self, deliveries: Mapping[str, Sequence[oracle.Delivery]], as_of: date) -> None:
        """Deliver the rows and nothing else, and build every staging model as of a day."""
        for entity, contract in raw.CONTRACTS.items():
            columns = [*contract.columns(), "batch_date"]
            self._execute(f"delete from raw.raw_{entity}")
            rows = [
                [
                    *(each.row.get(column) for column in columns),
                    f"{each.delivered_on}/{entity}.parquet",
                    each.source_row,
                ]
                for each in deliveries.get(entity, ())
            ]
            for first in range(0, len(rows), AT_ONCE):
                some = rows[first : first + AT_ONCE]
                # One statement for many rows: one per row takes most of a test's time.
                marks = f"({', '.join('?' for _ in range(len(columns) + 2))})"
                self._execute(
                    f"insert into raw.raw_{entity} values {', '.join(marks for _ in some)}",
                    [value for row in some for value in row],
                )
        self._execute("delete from raw.raw_batch_files")
        days = {each.delivered_on for rows in deliveries.values() for each in rows}
        for day in sorted({as_of, *(day for day in days if day <= as_of)}):
            self._execute(
                "insert into raw.raw_batch_files (batch_date) values (?)", [day.isoformat()]
            )
        for relation, kind, sql in compiled().relations:
            self._execute(f"create or replace {kind} {relation} as {sql}")

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a query."""
        return self._execute(sql).fetchall()
