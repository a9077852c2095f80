"""Which lines and customers the rows that arrived touch, and the raw rows that these need.

Belongs here: finding them in the raw relations, by the ids in the rows and never by the date of a
batch, and putting them where the models look for them. Does not belong here: when this is used
(plans), how a model uses it (macros/incremental).

What arrives about a line can change every row about that line, and about the other lines of its
customer. A document that named one line and names another now changes both; one that waits in
quarantine for its line takes, when the line arrives, something away from the line that an earlier
version named. So the scope is closed: whatever any version of any row links to what arrived.

Links are kept as hashes of ids: numbers are quick to join, and two ids of one hash make the scope
larger and nothing wrong. They stay in the work database from batch to batch, so that a day links
what arrived and not all that was ever delivered; a batch that builds everything anew removes them
with all the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration import raw_contract
from orchestration.sql_text import literal, literals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from orchestration.standing import TakenFile

#: Entities that name a row of another entity, by which they belong to its line or customer.
PARENTS: Final = {
    "bill_items": ("contract_id", "contracts"),
    "refund_payments": ("claim_id", "waiver_claims"),
    "disputed_payments": ("payment_id", "micropayments"),
    "loss_refunds": ("payment_id", "micropayments"),
    "insurance_claims": ("enrolment_id", "insurance_enrolments"),
}

#: Entities whose first column names no document of their own: a row is of its line or customer.
_NO_DOCUMENTS: Final = frozenset(
    {"lines", "customers", "exposed_identifiers", "benefit_choices", "data_usage_monthly"}
)

_LINE: Final = "line_id"
_CUSTOMER: Final = "customer_id"
_VAULT: Final = "restricted.stg_operator__customer_vault"

#: What a refund lapses after, by entity: the column with the day of the claim.
_CLAIMS: Final = {"waiver_claims": "claimed_at", "benefit_choices": "chosen_on"}

#: Kept from batch to batch: what belongs to which line or customer, and which row names which.
_LINKS: Final = {_LINE: "links.things_of_lines", _CUSTOMER: "links.things_of_customers"}
_PARENTS: Final = "links.parents"
_OWNERS: Final = "links.owners"
_KEPT: Final = {
    _LINKS[_LINE]: ("thing", "id"),
    _LINKS[_CUSTOMER]: ("thing", "id"),
    _PARENTS: ("child", "parent"),
    _OWNERS: (_LINE, _CUSTOMER),
}

#: Temporary tables: what is in scope so far.
_FOUND: Final = {_LINE: "found_lines", _CUSTOMER: "found_customers"}
_REACHED: Final = {_LINE: "reached_lines", _CUSTOMER: "reached_customers"}

#: Hashes are kept to 48 bits, which DuckDB packs: of 17 million lines hardly two share theirs.
_BITS: Final = (1 << 48) - 1


def relation(entity: str) -> str:
    """Name the raw rows of an entity that are in scope."""
    return f"raw.{entity}_in_scope"


def write(
    connection: duckdb.DuckDBPyConnection,
    files: Iterable[TakenFile],
    previous_day: dt.date,
    as_of_date: dt.date,
) -> tuple[int, int]:
    """Write the raw rows in scope, of every entity.

    Args:
        connection: to the work database with the raw relations of this batch and the tables of the
            batch before.
        files: what arrived.
        previous_day: as-of day of the batch before.
        as_of_date: as-of day of this batch.

    Returns:
        Number of lines and of customers in scope.
    """
    # What models built and replaced for the scope before (macros/engine/built_in_scope.sql).
    connection.execute("drop schema if exists scope cascade")
    arrived: dict[str, list[str]] = {}
    for file in files:
        arrived.setdefault(file.entity, []).append(file.name)
    _link(connection, arrived)
    _gather(connection, _of_rows(arrived))
    for owner in (_LINE, _CUSTOMER):
        seeds = [*_named(owner, arrived), _linked(owner)]
        if owner == _CUSTOMER:
            # In a table of its own, else every id is hashed before the days are compared.
            born = _birthdays(previous_day, as_of_date)
            connection.execute(f"create or replace temp table birthdays as {born}")
            seeds.append("from birthdays")
        else:
            seeds += [*_lapses(previous_day, as_of_date), _overdue(previous_day, as_of_date)]
        connection.execute(f"create or replace temp table {_FOUND[owner]} (id ubigint)")
        _add(connection, owner, seeds)
    while any([_spread(connection, _LINE, _CUSTOMER), _spread(connection, _CUSTOMER, _LINE)]):
        pass
    # A document that arrived may name no line: it is checked all the same.
    linked = [
        f"select thing from {_LINKS[owner]} where id in (from {_FOUND[owner]})"  # noqa: S608
        for owner in _LINKS
    ]
    _gather(connection, " union all ".join([*linked, _of_rows(arrived)]))
    for entity in raw_contract.ENTITIES:
        _keep_rows(connection, entity, arrived)
    return _count(connection, "lines", _LINE), _count(connection, "customers", _CUSTOMER)


def _link(connection: duckdb.DuckDBPyConnection, arrived: Mapping[str, Sequence[str]]) -> None:
    """Write down what belongs to what, by any version of a row: of rows that are not linked yet."""
    known = connection.execute("select schema_name || '.' || table_name from duckdb_tables()")
    is_kept = {(table,) for table in _KEPT} <= set(known.fetchall())
    connection.execute("begin")
    connection.execute("create schema if not exists links")
    for table, columns in _KEPT.items():
        typed = ", ".join(f"{column} ubigint" for column in columns)
        connection.execute(f"create table if not exists {table} ({typed})")
    for entity in arrived if is_kept else raw_contract.ENTITIES:
        rows = f"{_raw(entity)} where {_is_from(arrived[entity]) if is_kept else 'true'}"
        for table, numbers in _links(entity):
            named = " and ".join(f"{column} is not null" for column in _KEPT[table])
            connection.execute(
                f"insert into {table} select * from (select {numbers} from {rows}) "  # noqa: S608
                f"as links({', '.join(_KEPT[table])}) where {named}"
            )
    connection.execute("commit")


def _links(entity: str) -> Iterator[tuple[str, str]]:
    """List what each row of an entity links: the table, and its two numbers."""
    columns = raw_contract.ENTITIES[entity]
    owners = [owner for owner in (_LINE, _CUSTOMER) if owner in columns]
    if entity == "lines":
        yield _OWNERS, f"{_hash(_LINE)}, {_hash(_CUSTOMER)}"
    if entity in _NO_DOCUMENTS:
        return
    for owner in owners:
        if columns[0] != owner:
            yield _LINKS[owner], f"{_thing(entity)}, {_hash(owner)}"
    parent_id, parent = PARENTS.get(entity, ("", ""))
    if parent:
        above = _thing(parent, id_column=parent_id)
        yield _PARENTS, f"{_thing(entity)}, {above}"
        for owner in owners:
            if owner in raw_contract.ENTITIES[parent]:
                yield _LINKS[owner], f"{above}, {_hash(owner)}"


def _gather(connection: duckdb.DuckDBPyConnection, things: str) -> None:
    """Put documents into `near`, what names them, and what all of these name, by any version."""
    connection.execute(f"create or replace temp table things as {things}")
    connection.execute(
        "create or replace temp table near as select distinct thing from ("  # noqa: S608
        "select thing from things "
        f"union all select child from {_PARENTS} where parent in (select thing from things)"
        ") as every_one(thing) where thing is not null"
    )
    connection.execute(
        f"insert into near select distinct parent from {_PARENTS} "  # noqa: S608
        "where child in (select thing from near) and parent not in (select thing from near)"
    )


def _named(owner: str, arrived: Mapping[str, Sequence[str]]) -> list[str]:
    """Select the lines or customers that the rows that arrived name themselves."""
    return [
        f"select {_hash(owner)} from {_raw(entity)} where {_is_from(names)}"  # noqa: S608
        for entity, names in arrived.items()
        if owner in raw_contract.ENTITIES[entity]
    ]


def _of_rows(arrived: Mapping[str, Sequence[str]]) -> str:
    """Select the documents that arrived."""
    nothing = "select cast(null as ubigint) as thing"
    things = [
        f"select {_thing(entity)} from {_raw(entity)} where {_is_from(names)}"  # noqa: S608
        for entity, names in arrived.items()
    ]
    return " union all ".join((nothing, *things))


def _linked(owner: str) -> str:
    """Select the lines or customers of the documents in `near`, by any of their versions."""
    return f"select id from {_LINKS[owner]} where thing in (select thing from near)"  # noqa: S608


def _birthdays(previous_day: dt.date, as_of_date: dt.date) -> str:
    """Select the customers who came into another band of ages, or may have: a day on each side."""
    return (
        f"select {_hash(_CUSTOMER)} from {_VAULT} where birth_date in ("  # noqa: S608
        f"select born.birth_date from (select distinct birth_date from {_VAULT}) as born "
        f"inner join reference.ref_age_bands as bands on cast(born.birth_date "
        f"+ to_years(cast(bands.min_age as integer)) as date) {_between(previous_day, as_of_date)})"
    )


def _lapses(previous_day: dt.date, as_of_date: dt.date) -> list[str]:
    """Select the lines with a claim that lapses, or may: by any policy, by any of its versions."""
    terms = "(select distinct payable_lapses_months as months from reference.ref_policies)"
    return [
        f"select {_hash(_LINE)} from {_raw(entity)} as claims "  # noqa: S608
        f"inner join {terms} as terms on cast("
        f"try_cast(substr({_text(column)}, 1, 10) as date) "
        f"+ to_months(cast(months as integer)) as date) {_between(previous_day, as_of_date)}"
        for entity, column in _CLAIMS.items()
    ]


def _overdue(previous_day: dt.date, as_of_date: dt.date) -> str:
    """Select the ended lines whose bill is overdue now, or may be: a fee, and nothing charged."""
    return (
        f"select {_hash(_LINE)} from restricted.stg_operator__line_vault where line_key in ("  # noqa: S608
        "select line_key from intermediate.int_contract_fees_recomputed as fees "
        "inner join reference.ref_assumptions as days "
        "on fees.recomputed_krw > 0 and days.parameter = 'billing_days' "
        f"and terminated_on + cast(days.base as integer) {_between(previous_day, as_of_date)} "
        "anti join intermediate.int_termination_charges using (line_key, contract_id))"
    )


def _between(previous_day: dt.date, as_of_date: dt.date) -> str:
    """Say that a day lies in what has passed since the batch before, or a day beside it."""
    return (
        f"between cast({literal(str(previous_day))} as date) - 1 "
        f"and cast({literal(str(as_of_date))} as date) + 1"
    )


def _spread(connection: duckdb.DuckDBPyConnection, owner: str, other: str) -> bool:
    """Go from what was reached last to all that it links to; tells whether there was anything."""
    reached = f"select id from {_REACHED[owner]}"  # noqa: S608 - constants of this module
    ((count,),) = connection.execute(f"select count(*) from {_REACHED[owner]}").fetchall()  # noqa: S608
    if not count:
        return False
    _gather(connection, f"select thing from {_LINKS[owner]} where id in ({reached})")  # noqa: S608
    others = f"select {other} from {_OWNERS} where {owner} in ({reached})"  # noqa: S608
    connection.execute(f"create or replace temp table others as select distinct * from ({others})")  # noqa: S608
    _add(connection, owner, [_linked(owner)])
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
    arrived: Mapping[str, Sequence[str]],
) -> None:
    """Write every version of the ids in scope, and what arrived without an id.

    An entity that belongs to nobody (incidents, access points and what is told of them) is in scope
    as a whole, since rows of any line may wait for it.
    """
    if not is_owned(entity):
        connection.execute(f"create or replace view {relation(entity)} as from {_raw(entity)}")
        return
    if entity in _NO_DOCUMENTS:
        owner = _CUSTOMER if entity == "customers" else _LINE
        number, found = _hash(owner), f"select id from {_FOUND[owner]}"  # noqa: S608
    else:
        number, found = _thing(entity), "select thing from near"
    connection.execute(
        f"create or replace table {relation(entity)} as "
        f"from {_raw(entity)} where {number} in ({found}) "
        f"union all from {_raw(entity)} "
        f"where {_is_from(arrived.get(entity, ()))} and {number} is null"
    )


def is_owned(entity: str) -> bool:
    """Whether rows of the entity belong to a line or a customer, by themselves or by a parent."""
    columns = raw_contract.ENTITIES[entity]
    return _LINE in columns or _CUSTOMER in columns or entity in PARENTS


def _is_from(names: Iterable[str]) -> str:
    listed = literals(names)
    return f"{raw_contract.SOURCE_FILE} in ({listed})" if listed else "false"


def _thing(entity: str, *, id_column: str = "") -> str:
    """Give the number of a document; an id that is not given is none."""
    own_id = _text(id_column or raw_contract.ENTITIES[entity][0])
    return f"case when {own_id} <> '' then hash({literal(entity)}, {own_id}) & {_BITS} end"


def _hash(column: str) -> str:
    """Give the number of a line or a customer; an id that is not given is none."""
    text = _text(column)
    return f"case when {text} <> '' then hash({text}) & {_BITS} end"


def _text(column: str) -> str:
    return f"cast({column} as varchar)"


def _raw(entity: str) -> str:
    return f"raw.{raw_contract.relation(entity)}"


def _count(connection: duckdb.DuckDBPyConnection, entity: str, column: str) -> int:
    ((count,),) = connection.execute(
        f"select count(distinct {column}) from {relation(entity)}"  # noqa: S608
    ).fetchall()
    return int(count)
