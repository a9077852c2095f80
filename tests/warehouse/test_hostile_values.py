"""Values that are meant to do harm are values: held or kept as they are, and run nowhere."""

from __future__ import annotations

from datetime import date

import pytest

from tests.warehouse import staging_oracle as oracle
from tests.warehouse.staging_sql import Staging

DAY = date(2026, 1, 22)

BILL: oracle.Row = {
    "line_id": "L",
    "billed_on": "2026-01-05",
    "item_kind": "selective_return",
    "amount_krw": "100",
}
#: What is planted in a bill item, and the reason for which it is held; none: it is a good row.
PLANTED: list[tuple[str, str, str | None]] = [
    ("item_id", '=HYPERLINK("http://x","pay")', None),
    ("item_id", "'; drop table raw.raw_lines; --", None),
    ("item_id", 'a"b', None),
    ("item_id", "a,b\nc\rd", None),
    ("item_id", "\u202eegap", None),
    ("line_id", "L\u200b", "orphan_line"),
    ("line_id", "L ", "orphan_line"),
    ("line_id", "l", "orphan_line"),
    ("line_id", "' or '1'='1", "orphan_line"),
    ("item_kind", "selective_\u200breturn", "unknown_code"),
    ("item_kind", "selective_return'", "unknown_code"),
    ("amount_krw", "1e400", "invalid_amount"),
    ("amount_krw", "NaN", "invalid_amount"),
    ("amount_krw", "Infinity", "invalid_amount"),
    ("amount_krw", "1" + "0" * 30, "invalid_amount"),
    ("amount_krw", "9223372036854775807", "invalid_amount"),
    ("amount_krw", "999999999999999999", "invalid_amount"),
    ("amount_krw", "-9223372036854775808", "negative_amount"),
    ("amount_krw", "=1+1", "invalid_amount"),
    ("amount_krw", "\uff11\uff12", "invalid_amount"),
    ("amount_krw", "-0", None),
    ("billed_on", "0000-00-00", "invalid_date"),
    ("billed_on", "99999-01-01", "invalid_date"),
    ("billed_on", "infinity", "invalid_date"),
    ("billed_on", "9999-12-31", "impossible_date"),
    ("billed_on", "epoch", "invalid_date"),
]


def line() -> dict[str, list[oracle.Delivery]]:
    row: oracle.Row = {
        "line_id": "L",
        "customer_id": "C",
        "line_kind": "handset",
        "network_brand": "HOME",
        "plan_code": "PLAN",
        "activated_at": "2024-01-01 00:00:00",
        "activation_kind": "new",
    }
    customer: oracle.Row = {"customer_id": "C", "customer_type": "person"}
    stamp = {"batch_date": DAY.isoformat()}
    return {
        "customers": [oracle.Delivery(DAY, 1, {**customer, **stamp})],
        "lines": [oracle.Delivery(DAY, 1, {**row, **stamp})],
    }


@pytest.mark.fault(
    kind="hostile input",
    tried="values with formulas, SQL, quotes, line ends, right-to-left and invisible characters, "
    "numbers beyond every type, and absurd days, in one delivery",
    holds="each is a good value or held with its reason; no statement runs, no sum wraps or stops, "
    "and delivered won are counted and held won",
)
def test_hostile_values_are_values() -> None:
    staging = Staging(typed=False)
    bills = []
    for number, (column, value, _) in enumerate(PLANTED, 1):
        row: oracle.Row = {"item_id": f"B{number}", **BILL, column: value}
        bills.append(oracle.Delivery(DAY, number, {**row, "batch_date": DAY.isoformat()}))
    staging.build({**line(), "bill_items": bills}, DAY)
    held = dict(
        staging.query(
            "select source_row, reason_code from staging.stg_operator__quarantine "
            "where entity = 'bill_items'"
        )
    )
    expected = {number: reason for number, (_, _, reason) in enumerate(PLANTED, 1) if reason}
    assert held == expected
    ids = {
        item for (item,) in staging.query("select item_id from staging.stg_operator__bill_items")
    }
    assert {value for column, value, _ in PLANTED if column == "item_id"} <= ids
    assert staging.query(
        "select delivered_krw = accepted_krw + superseded_krw + duplicate_krw + quarantined_krw, "
        "delivered_krw from staging.stg_operator__row_status where entity = 'bill_items'"
    ) == [(True, 100 * sum(column != "amount_krw" for column, _, _ in PLANTED))]


@pytest.mark.fault(
    kind="hostile input",
    tried="typed days of the year 200,000 and beyond, and numbers of the size of their type",
    holds="the rows are held; no date and no sum leaves its range",
)
def test_typed_values_beyond_reason_are_held() -> None:
    staging = Staging(typed=True)
    stamp = {"batch_date": DAY.isoformat()}
    covers = [
        {"enrolment_id": f"E{number}", "customer_id": "C", "enrolled_on": "2026-01-05",
         "route": "automatic", "cover_from": "2026-01-05", "cover_to": day, **stamp}
        for number, day in enumerate(["200000-01-01", "infinity", "2027-01-05"])
    ]  # fmt: skip
    contracts = [
        {"contract_id": f"K{number}", "line_id": "L", "contract_kind": "device_subsidy",
         "signed_on": "2024-01-01", "term_months": "24", "term_days": "730",
         "monthly_discount_krw": str(2**63 - 1), "subsidy_krw": str(2**63 - 1), **stamp}
        for number in range(3)
    ]  # fmt: skip
    said = line()
    for entity, rows in (("insurance_enrolments", covers), ("contracts", contracts)):
        said[entity] = [oracle.Delivery(DAY, number, row) for number, row in enumerate(rows, 1)]
    staging.build(said, DAY)
    held = staging.query(
        "select entity, source_row, reason_code, amount_krw from staging.stg_operator__quarantine "
        "order by all"
    )
    assert held == [
        ("contracts", 1, "invalid_amount", 0),
        ("contracts", 2, "invalid_amount", 0),
        ("contracts", 3, "invalid_amount", 0),
        ("insurance_enrolments", 1, "invalid_date", None),
        ("insurance_enrolments", 2, "invalid_date", None),
    ]
