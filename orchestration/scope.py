"""Which lines and customers the rows that arrived touch, and the raw rows that these need.

Belongs here: finding them in the raw relations, by the ids in the rows and never by the date of a
batch, and putting them where the models look for them. Does not belong here: when this is used
(plans), how a model uses it (macros/incremental).

What arrives about a line can change every row about that line, and about the other lines of its
customer; an id that moved from one line to another changes both. So the scope is closed: the rows
that arrived, all versions of their ids, their parents, the customers of all these, every line that
ever was one of these customers', and lines with a bill item of a contract of theirs, which waits in
quarantine for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration import raw_contract
from orchestration.sql_text import literal, literals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import duckdb

    from orchestration.standing import TakenFile

#: Ids in scope, as delivered: what they are is private, so they stand among the restricted.
LINE_IDS: Final = "restricted.line_ids_in_scope"
CUSTOMER_IDS: Final = "restricted.customer_ids_in_scope"

#: Entities whose staging models read only what is in scope, and where their rows in scope stand.
ENTITIES: Final = (
    "customers",
    "lines",
    "contracts",
    "bill_items",
    "port_requests",
    "insurance_enrolments",
)

#: Entities that name neither a line nor a customer, but a row of one that does.
PARENTS: Final = {
    "refund_payments": ("claim_id", "waiver_claims"),
    "disputed_payments": ("payment_id", "micropayments"),
    "loss_refunds": ("payment_id", "micropayments"),
    "insurance_claims": ("enrolment_id", "insurance_enrolments"),
}

_LINE: Final = "line_id"
_CUSTOMER: Final = "customer_id"
_VAULT: Final = "restricted.stg_operator__customer_vault"
_AGE_BANDS: Final = "reference.ref_age_bands"


def relation(entity: str) -> str:
    """Name the raw rows of an entity that are in scope."""
    return f"raw.{entity}_in_scope"


def write(
    connection: duckdb.DuckDBPyConnection,
    files: Iterable[TakenFile],
    previous_day: dt.date,
    as_of_date: dt.date,
) -> tuple[int, int]:
    """Write the ids in scope and the raw rows of the entities that are built by scope.

    Args:
        connection: to the work database with the raw relations of this batch and the tables of the
            batch before.
        files: what arrived.
        previous_day: as-of day of the batch before.
        as_of_date: as-of day of this batch.

    Returns:
        Number of lines and of customers in scope.
    """
    by_entity: dict[str, list[str]] = {}
    for file in files:
        by_entity.setdefault(file.entity, []).append(file.name)
    connection.execute("create schema if not exists restricted")
    touched_lines = _named(_LINE, by_entity)
    touched_customers = [*_named(_CUSTOMER, by_entity), _birthdays(previous_day, as_of_date)]
    _store(connection, LINE_IDS, _LINE, touched_lines)
    touched_customers.append(_of_the_other(_CUSTOMER, _LINE, LINE_IDS))
    _store(connection, CUSTOMER_IDS, _CUSTOMER, touched_customers)
    kept = f"select {_LINE} from {LINE_IDS}"  # noqa: S608 - constants of this module
    _store(connection, LINE_IDS, _LINE, [kept, _of_the_other(_LINE, _CUSTOMER, CUSTOMER_IDS)])
    _store(connection, LINE_IDS, _LINE, [kept, _billed_for_contracts()])
    for entity in ENTITIES:
        connection.execute(
            f"create or replace table {relation(entity)} as "
            f"{_rows(entity, by_entity.get(entity, []))}"
        )
    return _count(connection, LINE_IDS), _count(connection, CUSTOMER_IDS)


def _named(column: str, by_entity: dict[str, list[str]]) -> list[str]:
    """Select the lines or customers that rows name, and that other versions of their ids name."""
    queries = []
    for entity, names in by_entity.items():
        if column in raw_contract.columns(entity):
            queries.append(f"select {column} from {_raw(entity)} where {_is_from(names)}")  # noqa: S608
            own_id = raw_contract.columns(entity)[0]
            if own_id.endswith("_id") and own_id != column:
                queries.append(
                    f"select {column} from {_raw(entity)} where "  # noqa: S608
                    f"{_is_among(own_id, _arrived(entity, own_id, names))}"
                )
        if entity in PARENTS:
            parent_id, parent = PARENTS[entity]
            own_id = raw_contract.columns(entity)[0]
            if column in raw_contract.columns(parent):
                versions = (
                    f"select {_text(parent_id)} from {_raw(entity)} where "  # noqa: S608
                    f"{_is_among(own_id, _arrived(entity, own_id, names))}"
                )
                queries.append(
                    f"select {column} from {_raw(parent)} where {_is_among(parent_id, versions)}"  # noqa: S608
                )
    return queries


def _birthdays(previous_day: dt.date, as_of_date: dt.date) -> str:
    """Select the customers who came into another band of ages, or may have: a day on each side."""
    first = f"cast({literal(str(previous_day))} as date) - 1"
    last = f"cast({literal(str(as_of_date))} as date) + 1"
    return (
        f"select {_CUSTOMER} from {_VAULT} where birth_date in ("  # noqa: S608
        f"select born.birth_date from (select distinct birth_date from {_VAULT}) as born "
        f"inner join {_AGE_BANDS} as bands on cast(born.birth_date "
        f"+ to_years(cast(bands.min_age as integer)) as date) between {first} and {last})"
    )


def _of_the_other(wanted: str, known: str, ids: str) -> str:
    """Select the customers of lines, or the lines of customers, by any version of a line."""
    among = _is_among(known, f"select {known} from {ids}")  # noqa: S608
    return f"select {wanted} from {_raw('lines')} where {among}"  # noqa: S608


def _billed_for_contracts() -> str:
    """Select the lines that are billed for a contract of a line in scope."""
    lines = _is_among(_LINE, f"select {_LINE} from {LINE_IDS}")  # noqa: S608
    contracts = f"select {_text('contract_id')} from {_raw('contracts')} where {lines}"  # noqa: S608
    return (
        f"select {_LINE} from {_raw('bill_items')} "  # noqa: S608
        f"where {_is_among('contract_id', contracts)}"
    )


def _store(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, queries: Iterable[str]
) -> None:
    """Write distinct ids; an id that is not given is none."""
    every = " union all ".join(f"select {_text(column)} as id from ({query})" for query in queries)  # noqa: S608
    none = "select cast(null as varchar) as id where false"
    connection.execute(
        f"create or replace table {table} as "  # noqa: S608
        f"select distinct id as {column} from ({every or none}) as named where id <> ''"
    )


def _rows(entity: str, names: list[str]) -> str:
    """Select every version of the ids in scope, and what arrived without an id."""
    columns = raw_contract.columns(entity)
    key = columns[0]
    if key == _LINE:
        ids = f"select {_LINE} from {LINE_IDS}"  # noqa: S608
    elif key == _CUSTOMER:
        ids = f"select {_CUSTOMER} from {CUSTOMER_IDS}"  # noqa: S608
    else:
        owner, table = (_LINE, LINE_IDS) if _LINE in columns else (_CUSTOMER, CUSTOMER_IDS)
        among = _is_among(owner, f"select {owner} from {table}")  # noqa: S608
        ids = (
            f"select {_text(key)} from {_raw(entity)} "  # noqa: S608
            f"where {_text(key)} <> '' and ({_is_from(names)} or {among})"
        )
    nameless = f"{_is_from(names)} and coalesce({_text(key)}, '') = ''"
    return (
        f"from {_raw(entity)} where {_is_among(key, ids)} "
        f"union all from {_raw(entity)} where {nameless}"
    )


def _arrived(entity: str, column: str, names: Iterable[str]) -> str:
    return (
        f"select {_text(column)} from {_raw(entity)} "  # noqa: S608
        f"where {_is_from(names)} and {_text(column)} <> ''"
    )


def _is_from(names: Iterable[str]) -> str:
    listed = literals(names)
    return f"{raw_contract.SOURCE_FILE} in ({listed})" if listed else "false"


def _is_among(column: str, query: str) -> str:
    return f"{_text(column)} in ({query})"


def _text(column: str) -> str:
    return f"cast({column} as varchar)"


def _raw(entity: str) -> str:
    return f"raw.{raw_contract.relation(entity)}"


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {table}").fetchall()  # noqa: S608
    return int(count)
