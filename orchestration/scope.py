"""Which lines and customers the rows that arrived touch, and the raw rows that these need.

Belongs here: finding them in the raw relations, by the ids in the rows and never by the date of a
batch, and putting them where the models look for them. Does not belong here: when this is used
(plans), how a model uses it (macros/incremental).

What arrives about a line can change every row about that line, and about the other lines of its
customer. A document that named one line and names another now changes both; one that waits in
quarantine for its line takes, when the line arrives, something away from the line that an earlier
version named. So the scope is closed: whatever any version of any row links to what arrived.

Links are kept as hashes of ids: numbers are quick to join, and two ids of one hash make the scope
larger and nothing wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration import raw_contract
from orchestration.sql_text import literal, literals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from orchestration.standing import TakenFile

#: Entities whose staging models read only what is in scope, besides lines and customers.
DOCUMENTS: Final = (
    "contracts",
    "bill_items",
    "port_requests",
    "micropayments",
    "waiver_claims",
    "benefit_redemptions",
    "insurance_enrolments",
)

#: Entities that name a row of another entity, by which they belong to its line or customer.
PARENTS: Final = {
    "bill_items": ("contract_id", "contracts"),
    "refund_payments": ("claim_id", "waiver_claims"),
    "disputed_payments": ("payment_id", "micropayments"),
    "loss_refunds": ("payment_id", "micropayments"),
    "insurance_claims": ("enrolment_id", "insurance_enrolments"),
}

#: Entities whose first column names no document of their own.
_NO_DOCUMENTS: Final = frozenset({"lines", "customers", "exposed_identifiers"})

_LINE: Final = "line_id"
_CUSTOMER: Final = "customer_id"
_VAULT: Final = "restricted.stg_operator__customer_vault"
_AGE_BANDS: Final = "reference.ref_age_bands"
_LINE_VAULT: Final = "restricted.stg_operator__line_vault"
_CLAIMS: Final = "intermediate.int_policy_claims"
_VERSIONS: Final = "intermediate.int_binding_versions"

#: Temporary tables: what belongs to which line or customer, and what is in scope so far.
_LINKS: Final = {_LINE: "linked_lines", _CUSTOMER: "linked_customers"}
_OWNERS: Final = "line_owners"
_FOUND: Final = {_LINE: "found_lines", _CUSTOMER: "found_customers"}
_THINGS: Final = {_LINE: "things_of_lines", _CUSTOMER: "things_of_customers"}
_REACHED: Final = {_LINE: "reached_lines", _CUSTOMER: "reached_customers"}


def relation(entity: str) -> str:
    """Name the raw rows of an entity that are in scope."""
    return f"raw.{entity}_in_scope"


def write(
    connection: duckdb.DuckDBPyConnection,
    files: Iterable[TakenFile],
    previous_day: dt.date,
    as_of_date: dt.date,
) -> tuple[int, int]:
    """Write the raw rows in scope of the entities that are built by scope.

    Args:
        connection: to the work database with the raw relations of this batch and the tables of the
            batch before.
        files: what arrived.
        previous_day: as-of day of the batch before.
        as_of_date: as-of day of this batch.

    Returns:
        Number of lines and of customers in scope.
    """
    arrived: dict[str, list[str]] = {}
    for file in files:
        arrived.setdefault(file.entity, []).append(file.name)
    _link(connection)
    for owner in (_LINE, _CUSTOMER):
        by_the_day = _birthdays if owner == _CUSTOMER else _lapses
        seeds = [
            *_named(owner, arrived),
            *_linked(owner, arrived),
            by_the_day(previous_day, as_of_date),
        ]
        connection.execute(f"create or replace temp table {_FOUND[owner]} (id ubigint)")
        _add(connection, owner, seeds)
    while any([_spread(connection, _LINE, _CUSTOMER), _spread(connection, _CUSTOMER, _LINE)]):
        pass
    for entity, column in (("lines", _LINE), ("customers", _CUSTOMER)):
        found = f"{_hash(column)} in (select id from {_FOUND[column]})"  # noqa: S608
        _keep_rows(connection, entity, found, arrived)
    for owner, table in _THINGS.items():
        connection.execute(
            f"create or replace temp table {table} as select distinct thing "  # noqa: S608
            f"from {_LINKS[owner]} where id in (select id from {_FOUND[owner]})"
        )
    for entity in DOCUMENTS:
        owner = _LINE if _LINE in raw_contract.ENTITIES[entity] else _CUSTOMER
        found = f"{_thing(entity)} in (select thing from {_THINGS[owner]})"  # noqa: S608
        _keep_rows(connection, entity, found, arrived)
    return _count(connection, "lines", _LINE), _count(connection, "customers", _CUSTOMER)


def _link(connection: duckdb.DuckDBPyConnection) -> None:
    """Write down which document belongs to which line or customer, by any of its versions."""
    for owner, table in _LINKS.items():
        links = []
        for entity, columns in raw_contract.ENTITIES.items():
            if owner in columns and entity not in _NO_DOCUMENTS and columns[0] != owner:
                links.append(f"select {_thing(entity)}, {_hash(owner)} from {_raw(entity)}")  # noqa: S608
            parent_id, parent = PARENTS.get(entity, ("", ""))
            if parent and owner in raw_contract.ENTITIES[parent]:
                links.append(
                    f"select {_thing(entity, 'child')}, {_hash(owner, 'parent')} "  # noqa: S608
                    f"from {_raw(entity)} as child inner join {_raw(parent)} as parent "
                    f"on {_text(parent_id, 'child')} = {_text(parent_id, 'parent')}"
                )
                if owner in columns:
                    links.append(
                        f"select {_thing(parent, id_column=parent_id)}, {_hash(owner)} "  # noqa: S608
                        f"from {_raw(entity)} where {_text(parent_id)} <> ''"
                    )
        connection.execute(
            f"create or replace temp table {table} as "  # noqa: S608
            f"select * from ({' union all '.join(links)}) as every_link(thing, id) "
            "where thing is not null and id is not null"
        )
    connection.execute(
        f"create or replace temp table {_OWNERS} as "  # noqa: S608
        f"select {_hash(_LINE)} as line_id, {_hash(_CUSTOMER)} as customer_id from {_raw('lines')}"
    )


def _named(owner: str, arrived: Mapping[str, Sequence[str]]) -> list[str]:
    """Select the lines or customers that the rows that arrived name themselves."""
    return [
        f"select {_hash(owner)} from {_raw(entity)} where {_is_from(names)}"  # noqa: S608
        for entity, names in arrived.items()
        if owner in raw_contract.ENTITIES[entity]
    ]


def _linked(owner: str, arrived: Mapping[str, Sequence[str]]) -> list[str]:
    """Select the lines or customers of the documents that arrived, by any of their versions."""
    things = [
        f"select {_thing(entity)} from {_raw(entity)} where {_is_from(names)}"  # noqa: S608
        for entity, names in arrived.items()
    ]
    # Once for all entities: the links are many, and what arrived is little.
    every = " union all ".join(things)
    return [f"select id from {_LINKS[owner]} where thing in ({every})"] if things else []  # noqa: S608


def _birthdays(previous_day: dt.date, as_of_date: dt.date) -> str:
    """Select the customers who came into another band of ages, or may have: a day on each side."""
    first = f"cast({literal(str(previous_day))} as date) - 1"
    last = f"cast({literal(str(as_of_date))} as date) + 1"
    return (
        f"select {_hash(_CUSTOMER)} from {_VAULT} where birth_date in ("  # noqa: S608
        f"select born.birth_date from (select distinct birth_date from {_VAULT}) as born "
        f"inner join {_AGE_BANDS} as bands on cast(born.birth_date "
        f"+ to_years(cast(bands.min_age as integer)) as date) between {first} and {last})"
    )


def _lapses(previous_day: dt.date, as_of_date: dt.date) -> str:
    """Select the lines whose claim lapsed since, of what the batch before knew."""
    lapsed_on = (
        "cast(cast(claims.claimed_at as date) "
        "+ to_months(cast(versions.payable_lapses_months as integer)) as date)"
    )
    return (
        f"select {_hash(_LINE, 'vault')} from {_LINE_VAULT} as vault "  # noqa: S608
        f"inner join {_CLAIMS} as claims on vault.line_key = claims.line_key "
        f"inner join {_VERSIONS} as versions on claims.policy_id = versions.policy_id "
        f"where {lapsed_on} > {literal(str(previous_day))} "
        f"and {lapsed_on} <= {literal(str(as_of_date))}"
    )


def _spread(connection: duckdb.DuckDBPyConnection, owner: str, other: str) -> bool:
    """Go from what was reached last to all that it links to; tells whether there was anything."""
    reached = f"select id from {_REACHED[owner]}"  # noqa: S608 - constants of this module
    ((count,),) = connection.execute(f"select count(*) from {_REACHED[owner]}").fetchall()  # noqa: S608
    if not count:
        return False
    linked = (
        f"select id from {_LINKS[owner]} where thing in "  # noqa: S608
        f"(select thing from {_LINKS[owner]} where id in ({reached}))"
    )
    others = f"select {other} from {_OWNERS} where {owner} in ({reached})"  # noqa: S608
    connection.execute(f"create or replace temp table others as select distinct * from ({others})")  # noqa: S608
    _add(connection, owner, [linked])
    _add(connection, other, ["from others"], is_further=True)
    return True


def _add(
    connection: duckdb.DuckDBPyConnection,
    owner: str,
    queries: Sequence[str],
    *,
    is_further: bool = False,
) -> None:
    """Add ids to what was found; those that are new are what was reached last.

    `is_further` says that ids reached before are still to be gone on from.
    """
    found, reached = _FOUND[owner], _REACHED[owner]
    nothing = "select cast(null as ubigint)"
    every = " union all ".join(f"(select * from ({query}))" for query in (nothing, *queries))  # noqa: S608
    before = f"union all select id from {reached}" if is_further else ""  # noqa: S608
    connection.execute(
        f"create or replace temp table {reached} as select distinct id from ("  # noqa: S608
        f"select id from ({every}) as named(id) where id is not null "
        f"and id not in (select id from {found}) {before}) as fresh"
    )
    connection.execute(
        f"insert into {found} select id from {reached} "  # noqa: S608
        f"where id not in (select id from {found})"
    )


def _keep_rows(
    connection: duckdb.DuckDBPyConnection,
    entity: str,
    found: str,
    arrived: Mapping[str, Sequence[str]],
) -> None:
    """Write every version of the ids in scope, and what arrived without an id."""
    key = _text(raw_contract.ENTITIES[entity][0])
    nameless = f"{_is_from(arrived.get(entity, ()))} and coalesce({key}, '') = ''"
    connection.execute(
        f"create or replace table {relation(entity)} as "
        f"from {_raw(entity)} where {found} "
        f"union all from {_raw(entity)} where {nameless}"
    )


def _is_from(names: Iterable[str]) -> str:
    listed = literals(names)
    return f"{raw_contract.SOURCE_FILE} in ({listed})" if listed else "false"


def _thing(entity: str, alias: str = "", *, id_column: str = "") -> str:
    """Give the number of a document; an id that is not given is none."""
    own_id = _text(id_column or raw_contract.ENTITIES[entity][0], alias)
    return f"case when {own_id} <> '' then hash({literal(entity)}, {own_id}) end"


def _hash(column: str, alias: str = "") -> str:
    """Give the number of a line or a customer; an id that is not given is none."""
    text = _text(column, alias)
    return f"case when {text} <> '' then hash({text}) end"


def _text(column: str, alias: str = "") -> str:
    return f"cast({alias + '.' if alias else ''}{column} as varchar)"


def _raw(entity: str) -> str:
    return f"raw.{raw_contract.relation(entity)}"


def _count(connection: duckdb.DuckDBPyConnection, entity: str, column: str) -> int:
    ((count,),) = connection.execute(
        f"select count(distinct {column}) from {relation(entity)}"  # noqa: S608
    ).fetchall()
    return int(count)
