"""Which changes of a line end its time in service: only an end, and a beginning after it.

Versions are delivered one batch after the other, as an operator does, and read by the staging
models and the spells built on them.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.unit.oracles.models_in_memory import Tables
from tests.warehouse.staging_oracle import Delivery
from tests.warehouse.staging_sql import Staging

FIRST_BATCH = date(2025, 12, 1)
BEGAN, ENDED, AGAIN = "2024-05-04 10:00:00", "2025-11-01 11:00:00", "2025-11-20 12:00:00"
Change = dict[str, str | None]
LEFT: Change = {"terminated_at": ENDED, "termination_kind": "port_out"}
OTHER_NUMBER: Change = {"msisdn": "01087654321", "imsi": "450020000000000"}

#: What happens to a line -> its versions in order, each as what it changes of the first.
HISTORIES: dict[str, list[Change]] = {
    "nothing": [{}],
    "delivered again": [{}, {}],
    "new number": [{}, OTHER_NUMBER],
    "new owner": [{}, {"customer_id": "C2"}],
    "new device": [{}, {"imei": "490154203237510", "last_device_change_on": "2025-11-05"}],
    "new plan": [{}, {"plan_code": "OTHER", "last_recontract_on": "2025-11-05"}],
    "suspended": [{}, {"suspended_on": "2025-11-05"}, {}],
    "all of them, then gone": [
        {},
        {**OTHER_NUMBER, "customer_id": "C2", "plan_code": "OTHER"},
        {**OTHER_NUMBER, "customer_id": "C2", "plan_code": "OTHER", **LEFT},
    ],
    "port undone": [{}, LEFT, {}],
    "port undone, with a new number": [{}, LEFT, OTHER_NUMBER],
    "first day put right": [{}, {"activated_at": "2024-05-03 10:00:00"}],
    "ended, another kind": [{}, LEFT, {**LEFT, "termination_kind": "forced"}],
    "ended, another day": [{}, LEFT, {**LEFT, "terminated_at": "2025-11-02 11:00:00"}],
    "ended, taken back, first day put right": [{}, LEFT, {}, {"activated_at": AGAIN}],
    "an end that broke the contract": [{}, {**LEFT, "termination_kind": "lost"}, {}],
}

USED_AGAIN: dict[str, list[Change]] = {
    "used again": [{}, LEFT, {"activated_at": AGAIN, **OTHER_NUMBER}],
    "used again, delivered at once": [LEFT, {"activated_at": AGAIN}],
    "used again, and gone again": [
        {},
        LEFT,
        {"activated_at": AGAIN},
        {
            "activated_at": AGAIN,
            "terminated_at": "2025-11-30 09:00:00",
            "termination_kind": "forced",
        },
    ],
}

TABLES = Tables(
    {
        "stg_operator__lines": (
            "line_key bigint, customer_key bigint, line_kind varchar, network_brand varchar, "
            "is_own_brand boolean, activated_at timestamp, activated_on date, "
            "activation_kind varchar, donor_carrier varchar, terminated_on date, "
            "termination_kind varchar, rejoined_line_key bigint"
        ),
        "stg_operator__line_reuse_versions": (
            "line_key bigint, version_number bigint, activated_at timestamp, "
            "activation_kind varchar, donor_carrier varchar, terminated_at timestamp, "
            "termination_kind varchar, line_kind varchar, network_brand varchar, "
            "is_own_brand boolean, plan_code varchar"
        ),
        "stg_operator__port_requests": (
            "line_key bigint, donor_carrier varchar, recipient_carrier varchar, "
            "requested_at timestamp, processed_on date, status varchar"
        ),
    }
)

Days = list[tuple[date, date | None]]


def deliveries() -> dict[str, list[Delivery]]:
    """Every version of every line in a batch of its own."""
    good: Change = {
        "customer_id": "C1",
        "msisdn": "01012345678",
        "imsi": "450081234567890",
        "imei": "490154203237518",
        "line_kind": "handset",
        "network_brand": "HOME",
        "plan_code": "PLAN",
        "activated_at": BEGAN,
        "activation_kind": "new",
    }
    lines: list[Delivery] = []
    for name, versions in (HISTORIES | USED_AGAIN).items():
        for number, change in enumerate(versions):
            day = FIRST_BATCH + timedelta(number)
            row = {**good, "line_id": name, "batch_date": day.isoformat(), **change}
            lines.append(Delivery(day, len(lines) + 1, row))
    customers = [
        Delivery(
            FIRST_BATCH,
            number,
            {
                "customer_id": f"C{number}",
                "birth_date": "1980-01-01",
                "customer_type": "person",
                "region_code": "a",
                "batch_date": FIRST_BATCH.isoformat(),
            },
        )
        for number in (1, 2)
    ]
    return {"customers": customers, "lines": lines}


@pytest.fixture(scope="module")
def found() -> dict[str, Days]:
    """First and last day of every spell, by what happened to the line."""
    staging = Staging(typed=False)
    staging.query("insert into reference.ref_plans values ('OTHER')")
    staging.build(deliveries(), FIRST_BATCH + timedelta(9))
    rows = {}
    for table in ("stg_operator__lines", "stg_operator__line_reuse_versions"):
        columns = TABLES.columns(table)
        rows[table] = [
            dict(zip(columns, row, strict=True))
            for row in staging.query(f"select {', '.join(columns)} from staging.{table}")
        ]
    TABLES.fill(rows)
    names = dict(staging.query("select line_key, line_id from restricted.stg_operator__line_vault"))
    spells: dict[str, Days] = {str(name): [] for name in names.values()}
    built = TABLES.build("int_line_spells_past", "int_line_spells")
    for row in sorted(built, key=lambda row: row["spell_number"]):
        spells[str(names[row["line_key"]])].append((row["activated_on"], row["terminated_on"]))
    return spells


def day(moment: str | None) -> date | None:
    return date.fromisoformat(moment[:10]) if moment else None


def test_no_change_but_an_end_and_a_beginning_breaks_a_spell(found: dict[str, Days]) -> None:
    newest = {name: versions[-1] for name, versions in HISTORIES.items()}
    assert {name: found[name] for name in HISTORIES} == {
        name: [(day(version.get("activated_at", BEGAN)), day(version.get("terminated_at")))]
        for name, version in newest.items()
    }


def test_a_line_used_again_has_a_second_spell(found: dict[str, Days]) -> None:
    first, second = (day(BEGAN), day(ENDED)), (day(AGAIN), None)
    assert found["used again"] == [first, second]
    assert found["used again, delivered at once"] == [first, second]
    assert found["used again, and gone again"] == [first, (day(AGAIN), date(2025, 11, 30))]
