"""Every delivered row fares in staging as the plain reading of the raw contract says.

Deliveries are generated: mostly good rows over few ids, so that versions, repetitions and parents
meet, with broken values strewn in. All twenty entities are built and compared at once.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.raw_contract import ENTITIES
from tests.warehouse import staging_contract as raw
from tests.warehouse import staging_oracle as oracle
from tests.warehouse.staging_sql import Staging, type_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

BATCHES = [date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1)]
#: What begins has begun in every batch, what ends has ended on its eve: good values fit together.
STARTS, ENDS = ["2025-12-30", "2024-02-29", "1900-01-01"], ["2025-12-30"]
BAD_DAYS = [
    "2025-12-29",
    "2025-12-31",
    "2026-01-01",
    "2026-01-02",
    "1899-12-31",
    "2025-02-29",
    "2025-12-32",
    "2025-13-01",
    "20251231",
    "2025/12/31",
    "31-12-2025",
    "2025-12-31 00:00:00",
    " 2025-12-31",
    "2025-1-1",
    "today",
    "\u0662025-12-31",
]
START_TIMES, END_TIMES = ["2025-12-30 00:10:00", "2024-02-29 12:00:00"], ["2025-12-30 23:59:59"]
BAD_TIMES = [
    "2025-12-31 00:00:00",
    "2025-12-31 00:10:00",
    "2025-12-30 00:09:59",
    "2026-01-01 23:59:59",
    "2025-12-31",
    "2025-12-31T00:10:00",
    "2025-12-31 00:10:00Z",
    "2025-12-31 00:10:00+09",
    "2025-12-31 24:10:00",
    "2025-12-31 23:60:00",
    "2025-12-31 00:10",
    "2026-01-02 00:00:00",
    "2025-12-31 00:10:00.5",
    "1899-12-31 23:59:59",
    "2025-02-29 10:00:00",
    "midnight",
]
NUMBERS = ["0", "1", "120000", "007"]
BAD_NUMBERS = ["-1", "1.5", "1e3", "1_000", "1,000", "+1", " 1", "x", "NaN", "9" * 19, "9" * 18]
FLAGS = ["true", "false"]
BAD_FLAGS = ["True", "1", "yes", "t", "x"]

IMEI, IMSI, MSISDN = "490154203237518", "450081234567890", "01012345678"
IDENTIFIERS = {
    "imei": (
        [IMEI, IMEI[:-1] + "0", "000000000000000"],
        [IMEI[:-1] + "9", IMEI[:-1], IMEI + "0", "4901542032375e8", IMEI[:-2] + "-8"],
    ),
    "imsi": (
        [IMSI, "450020000000000"],
        ["450051234567890", IMSI[:-1], IMSI + "1", IMSI[:-1] + "x", "45008123456e+10"],
    ),
    "msisdn": ([MSISDN], ["0101234567", "01112345678", "010-1234567", MSISDN + "9", "+8201012345"]),
    "network_brand": (["HOME", "GUEST"], ["RIVAL", "NOBODY"]),
    "plan_code": (["PLAN"], ["GOLD"]),
}
POOL = 3
PARENTS = {parent for contract in raw.CONTRACTS.values() for parent in contract.parents.values()}


def values(entity: str, column: str) -> tuple[SearchStrategy[str], SearchStrategy[str | None]]:
    """Good values of a column, and broken ones."""
    contract = raw.CONTRACTS[entity]
    ids = {**dict.fromkeys(contract.key.split(), entity), **contract.parents}
    ids = {name.rstrip("?"): owner for name, owner in ids.items()}
    codes = {name.rstrip("?"): code_list for name, code_list in contract.codes.items()}
    is_end = column == "processed_on" or column in {end for _, end in contract.spans}
    kinds: tuple[tuple[str, list[str], list[str]], ...] = (
        (contract.days, ENDS if is_end else STARTS, BAD_DAYS),
        (contract.times, END_TIMES if is_end else START_TIMES, BAD_TIMES),
        (contract.numbers, NUMBERS, BAD_NUMBERS),
        (contract.flags, FLAGS, BAD_FLAGS),
        (contract.carriers, ["HOME", "RIVAL"], ["NOBODY", "home"]),
    )
    if column == "usage_month":
        good, bad = ["2025-12-01", "2025-11-01"], [*BAD_DAYS, "2025-12-15"]
    elif column in codes:
        good, bad = sorted(raw.CODES[codes[column]]), ["gift", "PERSON"]
    elif column in IDENTIFIERS:
        good, bad = IDENTIFIERS[column]
    elif any(column in names.replace("?", "").split() for names, _, _ in kinds):
        good, bad = next(
            (good, bad) for names, good, bad in kinds if column in names.replace("?", "").split()
        )
    elif column in ids:
        good, bad = [f"{ids[column][:3]}{number}" for number in range(POOL)], ["stray"]
    else:
        good, bad = ["a", "b"], ["a"]
    return st.sampled_from(good), st.sampled_from([*bad, None, ""])


@st.composite
def rows(draw: DrawFn, entity: str, *, typed: bool, number: int | None = None) -> oracle.Row:
    """A row that is good but for one column in some; with a number, the good row of that id."""
    columns = raw.CONTRACTS[entity].columns()
    row: oracle.Row = {name: draw(values(entity, name)[0]) for name in columns}
    if number is not None:
        row[columns[0]] = f"{entity[:3]}{number}"
    else:
        for name in columns:
            # An optional value is there in most rows.
            if f"{name}?" in str(raw.CONTRACTS[entity]) and draw(st.integers(0, 3)) == 0:
                row[name] = None
        if draw(st.integers(0, 4)) == 0:
            name = draw(st.sampled_from(columns))
            row[name] = draw(values(entity, name)[1])
    return {name: as_typed(name, text) for name, text in row.items()} if typed else row


def as_typed(column: str, text: str | None) -> str | None:
    """What a typed column can hold of a text: itself, or nothing; numbers in their one form."""
    readers = {"date": oracle.day, "timestamp": oracle.moment, "bigint": oracle.whole}
    kind = type_of(column)
    if kind in readers:
        value = readers[kind](text or "")
        return None if value is None else str(value)
    if kind == "boolean":
        return text if text in FLAGS else None
    return text


@st.composite
def deliveries(draw: DrawFn, *, typed: bool) -> dict[str, list[oracle.Delivery]]:
    """Rows of all entities over three batches; some said again, word for word, in a later one."""
    found = {}
    for entity in raw.CONTRACTS:
        said: list[oracle.Row] = [
            draw(rows(entity, typed=typed, number=number))
            for number in range(POOL if entity in PARENTS else 0)
        ]
        said += draw(st.lists(rows(entity, typed=typed), max_size=8))
        said += [draw(st.sampled_from(said)) for _ in range(draw(st.integers(0, 2))) if said]
        found[entity] = []
        for number, row in enumerate(said):
            batch = draw(st.sampled_from(BATCHES))
            claimed = draw(st.sampled_from([batch] * 12 + BATCHES))
            told: oracle.Row = {**row, "batch_date": claimed.isoformat()}
            found[entity].append(oracle.Delivery(batch, number + 1, told))
    return found


@pytest.fixture(scope="module")
def text() -> Staging:
    return Staging(typed=False)


@pytest.fixture(scope="module")
def typed() -> Staging:
    return Staging(typed=True)


def compare(staging: Staging, said: dict[str, list[oracle.Delivery]], as_of: date) -> None:
    """Build and hold every row against the oracle."""
    staging.build(said, as_of)
    expected = oracle.judged(said, as_of)
    for entity, fates in expected.items():
        found = {
            (delivered_on, source_row): oracle.Fate(str(status), reason)
            for delivered_on, source_row, status, reason in staging.query(
                "select delivered_on, source_row, status, reason_code "
                f"from restricted.stg_operator__{entity}_exceptions"
            )
        }
        accepted = oracle.Fate("accepted")
        wrong = {
            each.place: (each.row, f"is {found.get(each.place, accepted)}, should be {fate}")
            for each, fate in fates.items()
            if found.get(each.place, accepted) != fate
        }
        assert not wrong, entity
        places = {each.place for each in fates}
        assert set(found) <= places, entity
        current = Counter(
            loaded_on
            for (loaded_on,) in staging.query(
                f"select loaded_on from staging.stg_operator__{entity}"
            )
        )
        assert current == Counter(
            each.delivered_on for each, fate in fates.items() if fate == accepted
        ), entity
    unbalanced = staging.query(
        "select * from staging.stg_operator__row_status where delivered <> accepted + superseded "
        "+ duplicate + quarantined or delivered_krw <> accepted_krw + superseded_krw "
        "+ duplicate_krw + quarantined_krw"
    )
    assert unbalanced == []
    quarantined = sum(
        fate.status == "quarantined" for fates in expected.values() for fate in fates.values()
    )
    assert staging.query("select count(*) from staging.stg_operator__quarantine") == [
        (quarantined,)
    ]


#: An example is a whole delivery and takes a good part of a second: few of them, none shrunk.
SLOW_BUT_WIDE = settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW_BUT_WIDE
@given(said=deliveries(typed=False), as_of=st.sampled_from(BATCHES[::-1]))
def test_text_is_judged_as_the_contract_says(
    text: Staging, said: dict[str, list[oracle.Delivery]], as_of: date
) -> None:
    compare(text, said, as_of)


@SLOW_BUT_WIDE
@given(said=deliveries(typed=True), as_of=st.sampled_from(BATCHES[::-1]))
def test_typed_columns_are_judged_like_text(
    typed: Staging, said: dict[str, list[oracle.Delivery]], as_of: date
) -> None:
    compare(typed, said, as_of)


def test_the_oracle_knows_every_entity_and_column_of_the_raw_contract() -> None:
    delivered = {entity: {*columns} - {"batch_date"} for entity, columns in ENTITIES.items()}
    assert delivered == {entity: {*each.columns()} for entity, each in raw.CONTRACTS.items()}
