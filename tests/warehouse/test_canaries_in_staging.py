"""Canaries in the raw exports: what identifies somebody ends in the restricted schema.

Every column of every entity is once a number that stands nowhere else: in a row that is good but
for it (so that rows of nearly every quarantine reason carry one), and, where the contract takes it,
in good rows as the identifiers of people, lines and devices. Whatever staging hands on is searched.
"""

from __future__ import annotations

import csv
import re
from datetime import date

import pytest

from orchestration.settings import PROJECT_DIR
from tests.warehouse import staging_contract as raw
from tests.warehouse import staging_oracle as oracle
from tests.warehouse.staging_sql import Staging

BATCH = date(2025, 12, 31)

#: Ids of documents and things, which the contract takes for no identifiers of people: a bill, a
#: claim, a payment, an access point. Exports must not make them of numbers of people.
OWN_IDS = {
    "access_point_id", "claim_id", "contract_id", "enrolment_id", "event_id", "incident_id",
    "insurance_claim_id", "item_id", "payment_id", "port_id", "redemption_id", "refund_id",
}  # fmt: skip

GOOD = {
    "usage_month": "2025-12-01",
    "imei": "490154203237518",
    "imsi": "450081234567890",
    "msisdn": "01012345678",
    "network_brand": "HOME",
    "plan_code": "PLAN",
}

#: Identifiers in good rows.
PERSON = {
    "customer_id": "C770100001",
    "birth_date": "1931-03-07",
    "line_id": "L770100002",
    "msisdn": "01077010003",
    "imsi": "450087701000004",
    "imei": "770100000000050",
}


def good(entity: str, column: str) -> str:
    """A value that the contract takes."""
    contract = raw.CONTRACTS[entity]
    codes = {name.rstrip("?"): code_list for name, code_list in contract.codes.items()}
    ids = {**dict.fromkeys(contract.key.split(), entity), **contract.parents}
    ids = {name.rstrip("?"): owner for name, owner in ids.items()}
    if column in GOOD:
        return GOOD[column]
    if column in codes:
        return min(raw.CODES[codes[column]])
    for names, value in (
        (contract.days, "2025-12-30"),
        (contract.times, "2025-12-30 00:10:00"),
        (contract.numbers, "1"),
        (contract.flags, "true"),
        (contract.carriers, "HOME"),
    ):
        if column in names.replace("?", "").split():
            return value
    return f"{ids[column][:3]}0" if column in ids else "a"


def faulty(contract: raw.Contract, row: dict[str, str | None]) -> list[dict[str, str | None]]:
    """Rows of the person with a fault that is no canary itself."""
    faults: list[dict[str, str | None]] = [
        {"batch_date": "2025-12-29"},
        {contract.key.split()[0]: ""},
    ]
    for number in contract.numbers.replace("?", "").split():
        faults += [{number: "-1"}, {number: "1.5"}]
    for _, end in contract.spans:
        faults.append({end: "1999-01-01" if end.endswith("_on") else "1999-01-01 00:10:00"})
    return [{**row, **fault} for fault in faults]


def deliveries() -> tuple[dict[str, list[oracle.Delivery]], dict[str, str]]:
    """One batch of all entities, and where each canary stands."""
    said: dict[str, list[oracle.Delivery]] = {}
    canaries = {value: f"good.{column}" for column, value in PERSON.items()}
    for entity, contract in raw.CONTRACTS.items():
        columns = contract.columns()
        row = {name: good(entity, name) for name in columns}
        rows: list[dict[str, str | None]] = [dict(row)]
        rows.append({name: PERSON.get(name, value) for name, value in row.items()})
        # A quantity that equals a number of somebody is a quantity.
        quantities = contract.numbers.replace("?", "").split()
        for number, column in enumerate(name for name in columns if name not in quantities):
            canary = f"0119{len(canaries):07}"
            spoilt: dict[str, str | None] = dict(row)
            if columns[0] not in contract.parents:
                spoilt[columns[0]] = f"{entity[:3]}-{number}"
            spoilt[column] = canary
            canaries[canary] = f"{entity}.{column}"
            rows.append(spoilt)
        rows += faulty(contract, rows[1])
        said[entity] = [
            oracle.Delivery(BATCH, place, {"batch_date": BATCH.isoformat(), **each})
            for place, each in enumerate(rows, start=1)
        ]
    return said, canaries


def found_in(staging: Staging, schema: str, canaries: dict[str, str]) -> set[tuple[str, str]]:
    """Columns in which canaries stand, each with the origin of the canary."""
    columns: dict[str, list[str]] = {}
    for table, column in staging.query(
        "select table_name, column_name from information_schema.columns "
        f"where table_catalog = 'warehouse' and table_schema = '{schema}'"
    ):
        columns.setdefault(str(table), []).append(str(column))
    # A number keeps no leading nought.
    numbers = {canary.lstrip("0"): origin for canary, origin in canaries.items()}
    found = set()
    for table, names in columns.items():
        for row in set(staging.query(f"select columns(*)::varchar from {schema}.{table}")):
            for name, value in zip(names, row, strict=True):
                for number in re.findall(r"[0-9CL][0-9-]{9,}", str(value)):
                    if number.lstrip("0") in numbers:
                        found.add((f"{table}.{name}", numbers[number.lstrip("0")]))
    return found


#: `above_charge` compares refunds with bills and quotes neither.
QUARANTINE_REASONS = [
    row["reason_code"]
    for row in csv.DictReader(
        (PROJECT_DIR / "seeds/reference/ref_quarantine_reasons.csv").open(encoding="utf-8")
    )
]


@pytest.fixture(scope="module")
def staged() -> tuple[Staging, dict[str, str]]:
    said, canaries = deliveries()
    staging = Staging(typed=False)
    staging.build(said, BATCH)
    return staging, canaries


@pytest.mark.fault(
    kind="privacy",
    tried="each column of each entity of the raw exports holds the number of somebody, in good "
    "rows and in rows that are quarantined",
    holds="staging hands none of them on; ids of documents are handed on as they are",
)
def test_no_canary_gets_out_of_the_restricted_schema(
    staged: tuple[Staging, dict[str, str]],
) -> None:
    staging, canaries = staged
    got_out = {
        (place, origin)
        for place, origin in found_in(staging, "staging", canaries)
        if origin.partition(".")[2] not in OWN_IDS
    }
    assert sorted(got_out) == []


def test_the_canaries_are_there_to_be_found(staged: tuple[Staging, dict[str, str]]) -> None:
    staging, canaries = staged
    assert {origin for _, origin in found_in(staging, "raw", canaries)} == set(canaries.values())
    restricted = {origin for _, origin in found_in(staging, "restricted", canaries)}
    assert restricted >= {"good.line_id", "good.customer_id"}
    ((good_rows,),) = staging.query("select count(*) from staging.stg_operator__lines")
    assert good_rows >= 2
    reasons = {
        reason
        for (reason,) in staging.query("select reason_code from staging.stg_operator__quarantine")
    }
    assert set(QUARANTINE_REASONS) - reasons <= {"above_charge"}
