"""A row stays in quarantine exactly as long as nothing delivered has mended it.

Hundreds of small histories are delivered side by side, each with ids of its own: rows broken,
corrected, broken again and corrected again, orphans before their parents and their grandparents,
repetitions, corrections in the batch of the fault. The models see the rows of the last day only;
the oracle lives through the days one by one.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.warehouse import quarantine_oracle, staging_contract
from tests.warehouse import staging_oracle as oracle
from tests.warehouse.staging_sql import Staging

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = date(2026, 1, 22)
DAYS = [FIRST + timedelta(days=number) for number in range(6)]
HISTORIES = 150

Said = dict[str, list[oracle.Delivery]]

#: A good row of each entity that takes part; `{h}` is its history, `{n}` its number in it, and the
#: parents are one of three, so that most are delivered some day and some never.
GOOD: dict[str, dict[str, str]] = {
    "customers": {"customer_id": "C{h}-{n}", "customer_type": "person"},
    "access_points": {
        "access_point_id": "A{h}-{n}",
        "kind": "femtocell",
        "is_registered": "true",
    },
    "lines": {
        "line_id": "L{h}-{n}",
        "customer_id": "C{h}-{p}",
        "line_kind": "handset",
        "network_brand": "HOME",
        "plan_code": "PLAN",
        "activated_at": "2024-01-01 00:00:00",
        "activation_kind": "new",
    },
    "contracts": {
        "contract_id": "K{h}-{n}",
        "line_id": "L{h}-{p}",
        "contract_kind": "device_subsidy",
        "signed_on": "2024-01-01",
        "term_months": "24",
        "term_days": "730",
        "subsidy_krw": "10{v}",
    },
    "bill_items": {
        "item_id": "B{h}-{n}",
        "line_id": "L{h}-{p}",
        "contract_id": "K{h}-{q}",
        "billed_on": "2026-01-05",
        "item_kind": "selective_return",
        "amount_krw": "70{v}",
    },
    "micropayments": {
        "payment_id": "M{h}-{n}",
        "line_id": "L{h}-{p}",
        "access_point_id": "A{h}-{q}",
        "paid_at": "2025-08-20 03:00:00",
        "amount_krw": "50{v}",
        "channel": "ars",
    },
    "loss_refunds": {
        "refund_id": "F{h}-{n}",
        "payment_id": "M{h}-{p}",
        "paid_on": "2026-01-10",
        "amount_krw": "3{v}",
    },
}
#: How a row of any of them can be broken: column, value.
BROKEN = {
    "customers": [("customer_type", "robot"), ("customer_id", "")],
    "access_points": [("kind", "kettle")],
    "lines": [("plan_code", "GOLD"), ("activated_at", "noon"), ("imei", "1")],
    "contracts": [("signed_on", "yesterday"), ("subsidy_krw", "-5")],
    "bill_items": [("amount_krw", "1.5"), ("item_id", ""), ("item_kind", "gift")],
    "micropayments": [("paid_at", ""), ("amount_krw", "x")],
    "loss_refunds": [("paid_on", "2031-01-01")],
}


def history(number: int, said: Said) -> None:
    """Deliver one history: few ids, many versions, in any order of days."""
    chance = random.Random(number)
    for entity, form in GOOD.items():
        rows = said.setdefault(entity, [])
        for _ in range(chance.randint(2, 6)):
            words = {
                "h": number,
                "n": chance.randrange(2),
                "p": chance.randrange(3) if chance.random() < 0.3 else chance.randrange(2),
                "q": chance.randrange(2),
                "v": chance.randrange(3),
            }
            row: oracle.Row = {name: value.format(**words) for name, value in form.items()}
            if chance.random() < 0.4:
                column, value = chance.choice(BROKEN[entity])
                row[column] = value
            day = chance.choice(DAYS)
            row["batch_date"] = day.isoformat()
            rows.append(oracle.Delivery(day, len(rows) + 1, row))
            if chance.random() < 0.15:
                again = chance.choice(DAYS)
                rows.append(
                    oracle.Delivery(again, len(rows) + 1, {**row, "batch_date": again.isoformat()})
                )


@pytest.fixture(scope="module")
def histories() -> Said:
    said: Said = {entity: [] for entity in staging_contract.CONTRACTS}
    for number in range(HISTORIES):
        history(number, said)
    return said


@pytest.fixture(scope="module")
def staging() -> Staging:
    return Staging(typed=False)


def found(staging: Staging) -> dict[tuple[object, ...], tuple[object, ...]]:
    return {
        tuple(row[:3]): tuple(row[3:])
        for row in staging.query(
            "select entity, batch_date, source_row, reason_code, released_on, release_kind, "
            "is_quarantined from staging.stg_operator__held_rows"
        )
    }


def lived(said: Mapping[str, list[oracle.Delivery]], as_of: date) -> dict[object, object]:
    days = [day for day in DAYS if day <= as_of]
    return {
        (entity, *each.place): (stay.reason, stay.released_on, stay.kind, stay.is_quarantined)
        for entity, stays in quarantine_oracle.stays(said, days).items()
        for each, stay in stays.items()
    }


@pytest.mark.fault(
    kind="bad input",
    tried="150 histories of rows broken, corrected, broken again and corrected again, orphans "
    "ahead of parents and grandparents, repetitions, and corrections in the batch of the fault, "
    "replayed as of days in the middle",
    holds="every row is held from its batch to the batch that mended it, as an independent replay "
    "of every day says, and no row is released by anything but a delivered row",
)
@pytest.mark.parametrize("as_of", [DAYS[5], DAYS[2]])
def test_a_row_is_held_as_long_as_nothing_delivered_has_mended_it(
    staging: Staging, histories: Said, as_of: date
) -> None:
    staging.build(histories, as_of)
    expected, seen = lived(histories, as_of), found(staging)
    assert {place: seen.get(place) for place in expected} == expected
    assert set(seen) == set(expected)
    kinds = {stay[2] for stay in seen.values()}
    assert kinds == {None, "correction", "parent"}
    # What let a row in is itself a delivered row, of the day of the release.
    strangers = staging.query(
        "select entity, source_row from staging.stg_operator__held_rows "
        "where released_on is not null and "
        "(released_by_file <> released_on || '/' || released_by_entity || '.parquet' "
        "or released_by_row is null or released_on < batch_date)"
    )
    assert strangers == []
    assert_won_arrive_once(staging, histories, as_of)


def assert_won_arrive_once(staging: Staging, said: Said, as_of: date) -> None:
    """Held won and counted won are the delivered won, whatever was released in between."""
    unbalanced = staging.query(
        "select status.entity, status.batch_date from staging.stg_operator__row_status as status "
        "left join (select entity, batch_date, count(*) as row_count, "
        "coalesce(sum(amount_krw), 0) as krw from staging.stg_operator__held_rows "
        "where is_quarantined group by all) as held "
        "on status.entity = held.entity and status.batch_date = held.batch_date "
        "where status.delivered <> accepted + superseded + duplicate + coalesce(held.row_count, 0) "
        "or status.delivered_krw <> accepted_krw + superseded_krw + duplicate_krw "
        "+ coalesce(held.krw, 0)"
    )
    assert unbalanced == []
    counted = {
        "bill_items": "staging.stg_operator__bill_items",
        "loss_refunds": "staging.stg_operator__loss_refunds",
    }
    fates = oracle.judged(said, as_of)
    for entity, relation in counted.items():
        won = sum(
            int(str(each.row["amount_krw"]))
            for each, fate in fates[entity].items()
            if fate.status == "accepted"
        )
        assert staging.query(f"select sum(amount_krw) from {relation}") == [(won,)], entity
