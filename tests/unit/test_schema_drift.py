"""Columns that change between two deliveries: what is lived with, and what stops the intake."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import jinja2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration import column_types, intake, raw_contract
from orchestration.column_types import Held, Kind
from orchestration.errors import BadInput
from tests.unit.oracles.models_in_memory import PROJECT_DIR

FIRST, LATER = "2025-09-01", "2025-09-02"
DAY = dt.date(2025, 8, 31)
TIME = dt.datetime(2025, 8, 31, 23, 50)  # noqa: DTZ001 - Korean time without zone, as delivered
SEOUL = dt.timezone(dt.timedelta(hours=9))


def refusal(settings):
    with pytest.raises(BadInput) as caught:
        intake.take_in(settings)
    return caught.value


def query(settings, text):
    with duckdb.connect(str(settings.work_db), read_only=True) as connection:
        connection.execute("set TimeZone = 'Asia/Seoul'")
        return connection.execute(text).fetchall()


def rewrite(landing, day, entity, change):
    """Change a delivered table and sign the batch again."""
    path = landing.root / day / f"{entity}.parquet"
    pq.write_table(change(pq.read_table(path)), path)
    landing.sign(day)


def typed(name, values):
    """Replace a column by an array of another type."""
    return lambda table: table.set_column(table.column_names.index(name), name, pa.array(*values))


@pytest.mark.fault(
    kind="drift",
    tried="a column is renamed in one entity, another goes missing in a second, in several files",
    holds="intake stops before anything is built and names both entities, the files, the columns "
    "and the likely new name in one message",
)
def test_renamed_and_missing_columns_of_all_entities_are_named_at_once(settings, landing):
    entities = {"lines": [{"line_id": "L1"}], "bill_items": [{"item_id": "I1"}]}
    for day in (FIRST, LATER):
        landing.deliver(day, entities)
        rewrite(
            landing, day, "lines", lambda table: table.rename_columns({"network_brand": "NetBrand"})
        )
    rewrite(landing, LATER, "bill_items", lambda table: table.drop_columns(["paid_on"]))
    error = refusal(settings)
    assert "Column network_brand is missing from entity lines" in error.what
    assert "network_brand is perhaps 'NetBrand' now" in error.what
    assert f"{FIRST}/lines.parquet" in error.where
    assert "1 more of its files" in error.where
    assert "Column paid_on is missing from entity bill_items" in error.where
    assert f"{LATER}/bill_items.parquet" in error.where
    assert not settings.work_db.exists()


RETYPED = [
    ("bill_items", "amount_krw", ([1.0], pa.float64()), "floating point numbers", "whole won"),
    ("bill_items", "amount_krw", ([{"won": 1}],), "nested", "whole won"),
    ("bill_items", "amount_krw", ([[1]],), "nested", "whole won"),
    ("bill_items", "amount_krw", ([b"1"], pa.binary(1)), "nested or binary", "whole won"),
    ("bill_items", "amount_krw", ([DAY],), "days", "whole won"),
    ("bill_items", "billed_on", ([20250831],), "whole numbers", "days"),
    ("bill_items", "item_id", ([1.5],), "floating point numbers", "text"),
    ("bill_items", "item_id", ([True],), "true or false", "text"),
    ("lines", "activated_at", ([DAY],), "days", "times"),
    ("lines", "activated_at", ([1756651800],), "whole numbers", "times"),
    ("access_points", "is_registered", ([1],), "whole numbers", "true or false"),
]


@pytest.mark.fault(
    kind="drift",
    tried="a column comes as a type that cannot hold its values: won as floating point, nested or "
    "binary, a time as a day, a day or a flag as a number, an id as a fraction",
    holds="intake stops and says entity, file, column, what it holds and what is expected",
)
@pytest.mark.parametrize("case", RETYPED, ids=lambda case: f"{case[1]}-{case[3]}")
def test_a_type_that_cannot_hold_the_values_stops_the_entity(settings, landing, says, case):
    entity, name, values, held, wanted = case
    landing.deliver(FIRST, {entity: [{"batch_date": FIRST}]})
    rewrite(landing, FIRST, entity, typed(name, values))
    error = refusal(settings)
    says(error, f"Column {name} of entity {entity} holds {held}", f"{entity}.parquet", "export it")
    assert f"where the contract has {wanted}" in error.what


@pytest.mark.fault(
    kind="drift",
    tried="columns come typed otherwise from file to file: narrower numbers, decimals, text, times "
    "with and without zone, days as times, nothing at all",
    holds="the values read the same, and rpt_schema_drift lists the change",
)
def test_types_that_hold_the_same_values_are_read_as_the_same_values(settings, landing):
    amounts = [
        ([120], pa.int64()),
        ([120], pa.int32()),
        ([Decimal("120.00")], pa.decimal128(18, 2)),
        (["120"], pa.string()),
        ([None], pa.null()),
    ]
    days = [
        ([DAY], pa.date32()),
        ([TIME], pa.timestamp("us")),
        ([TIME.replace(tzinfo=SEOUL)], pa.timestamp("us", "UTC")),
        (["2025-08-31"], pa.string()),
        ([None], pa.null()),
    ]
    for number, (amount, day) in enumerate(zip(amounts, days, strict=True), 1):
        batch = f"2025-09-0{number}"
        landing.deliver(batch, {"bill_items": [{"item_id": f"I{number}"}]})
        rewrite(landing, batch, "bill_items", typed("amount_krw", amount))
        rewrite(landing, batch, "bill_items", typed("billed_on", day))
    intake.take_in(settings)
    rows = query(settings, "select amount_krw, billed_on from raw.raw_bill_items order by item_id")
    assert rows == [("120", "2025-08-31")] * 4 + [(None, None)]
    changed = query(
        settings,
        "select column_name, kind, delivered_type from raw.raw_schema_changes order by all",
    )
    assert changed == [
        ("amount_krw", "type_changed", "decimal128(18, 2)"),
        ("amount_krw", "type_changed", "int32"),
        ("amount_krw", "type_changed", "string"),
        ("billed_on", "type_changed", "string"),
        ("billed_on", "type_changed", "timestamp[us, tz=UTC]"),
        ("billed_on", "type_changed", "timestamp[us]"),
    ]


def test_times_with_and_without_zone_are_the_same_korean_time(settings, landing):
    plain, zoned = (
        ([TIME], pa.timestamp("us")),
        (
            [TIME.replace(tzinfo=SEOUL)],
            pa.timestamp("us", "UTC"),
        ),
    )
    for batch, values in ((FIRST, plain), (LATER, zoned)):
        landing.deliver(batch, {"lines": [{"line_id": "L1"}]})
        rewrite(landing, batch, "lines", typed("activated_at", values))
    intake.take_in(settings)
    assert query(settings, "select distinct activated_at from raw.raw_lines") == [(TIME,)]


@pytest.mark.fault(
    kind="drift",
    tried="a column beyond the contract is added and goes away again",
    holds="it is kept in raw, empty where it is not, and rpt_schema_drift lists both",
)
def test_an_added_column_is_kept_and_its_going_is_noticed(settings, landing):
    landing.deliver(FIRST, {"lines": [{"line_id": "L1", "loyalty": "gold"}]})
    landing.deliver(LATER, {"lines": [{"line_id": "L2"}]})
    assert "extra column loyalty in 1 files of lines" in intake.take_in(settings).notes
    assert query(settings, "select loyalty from raw.raw_lines order by line_id") == [
        ("gold",),
        (None,),
    ]
    assert query(
        settings, "select batch_date, column_name, kind from raw.raw_schema_changes order by all"
    ) == [(FIRST, "loyalty", "added"), (LATER, "loyalty", "missing")]


def test_kinds_are_those_that_staging_reads_values_by():
    text = (PROJECT_DIR / "macros" / "staging" / "raw_contracts.sql").read_text("utf-8")
    contracts = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    environment.globals["return"] = contracts.append
    module = environment.from_string(text).module
    for entity in raw_contract.ENTITIES:
        module.raw_contract(entity)
        contract = contracts.pop()
        values = {
            name
            for name in raw_contract.ENTITIES[entity]
            if column_types.kind_of(name) is not Kind.TEXT
        }
        assert values == set(contract["values"]), entity
        money = [name for name in contract["columns"] if column_types.kind_of(name) is Kind.MONEY]
        assert money == contract["money"], entity


def test_no_kind_accepts_what_it_cannot_read():
    nested = {kind for kind, held in column_types.ACCEPTED.items() if Held.OTHER in held}
    assert not nested
    assert Held.FLOAT not in column_types.ACCEPTED[Kind.MONEY]
