"""What is planted is there at the stated count, and nothing good is damaged by it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from orchestration.raw_contract import ENTITIES
from scenarios.generator.apportionment import rounded
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import truth

KEYS = {
    "exposed_identifiers": "incident_id || '|' || line_id || '|' || element",
    "disputed_payments": "payment_id || '|' || incident_id",
}

#: The first column is not their key, and nothing about them changes.
DELIVERED_ONCE = {"data_usage_monthly", "benefit_choices", "access_attempts_daily"}


@pytest.fixture(scope="session", params=["0.001", "0.01"])
def generated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> truth.Generated:
    return truth.at_scale(folder_of_the_test_run(tmp_path_factory) / "scenario", request.param)


def stated(generated: truth.Generated, count: int) -> int:
    return max(1, rounded(count * Fraction(str(generated.planted["scale"]))))


def key_of(entity: str) -> str:
    return KEYS.get(entity, next(iter(ENTITIES[entity])))


def test_broken_rows_and_duplicates_are_there_at_the_stated_count(
    generated: truth.Generated,
) -> None:
    dirt = truth.reference_scenario().get("dirt")
    expected = {
        f"{entity}/{reason}": stated(generated, n)
        for entity, reasons in dirt["bad_rows"].items()
        for reason, n in reasons.items()
    } | {f"{entity}/duplicate": stated(generated, n) for entity, n in dirt["duplicates"].items()}
    assert generated.planted["bad_rows"] == expected


def test_fees_decisions_and_late_rows_are_there_at_the_stated_count(
    generated: truth.Generated,
) -> None:
    scenario = truth.reference_scenario()
    planted = generated.planted
    assert planted["fees_charged_wrongly"] == {
        kind: stated(generated, n) for kind, n in scenario.get("dirt.fees_charged_wrongly").items()
    }
    assert planted["misdecided_claims"] == {
        kind: stated(generated, scenario.get(f"waiver.{kind}"))
        for kind in ("wrongly_accepted", "wrongly_rejected")
    }
    late = scenario.get("dirt.late_rows")
    assert planted["late_rows"]["lines"] == stated(generated, late["terminations"])
    for entity in ("bill_items", "micropayments", "benefit_redemptions"):
        assert planted["late_rows"][entity] == stated(generated, late[entity])
    assert planted["reversed_ports"] == stated(generated, scenario.get("porting.reversed"))


@pytest.mark.parametrize(
    "entity",
    sorted(
        {*truth.reference_scenario().get("dirt.bad_rows")}
        | {*truth.reference_scenario().get("dirt.duplicates")}
    ),
)
def test_every_planted_row_is_delivered_alone_in_the_batch_of_the_truth(
    generated: truth.Generated, entity: str
) -> None:
    planted = f"(select * from {generated.truth_table('bad_rows')} where entity = '{entity}')"
    delivered = generated.value(
        f"select count(*) from {generated.delivered(entity)} as delivered where exists ("
        f" select 1 from {planted} as bad where delivered.batch_date = bad.batch_date"
        f" and {key_of(entity)} is not distinct from bad.natural_id)"
    )
    assert delivered == generated.value(f"select count(*) from {planted}")


@pytest.mark.parametrize("entity", sorted(truth.reference_scenario().get("dirt.duplicates")))
def test_a_duplicate_says_what_the_version_before_it_said(
    generated: truth.Generated, entity: str
) -> None:
    key, others = key_of(entity), ", ".join(ENTITIES[entity])
    different = generated.query(
        f"with versions as (select {others}, batch_date,"
        f" lag((select row({others}))) over (partition by {key} order by batch_date) as previous,"
        f" row({others}) as this from {generated.delivered(entity)})"
        f" select * from versions inner join {generated.truth_table('bad_rows')} as bad"
        f" on bad.entity = '{entity}' and bad.reason_code = 'duplicate'"
        f" and bad.batch_date = versions.batch_date and bad.natural_id = versions.{key}"
        " where versions.this is distinct from versions.previous"
    )
    assert different == []


def test_no_good_row_says_the_same_as_the_one_before_it(generated: truth.Generated) -> None:
    for entity in ENTITIES:
        key, others = key_of(entity), ", ".join(ENTITIES[entity])
        if entity in KEYS or entity in DELIVERED_ONCE:
            continue
        repeated = generated.value(
            "with good as (select * from"
            f" {generated.delivered(entity)} as delivered where not exists (select 1 from"
            f" {generated.truth_table('bad_rows')} as bad where bad.entity = '{entity}'"
            f" and bad.batch_date = delivered.batch_date"
            f" and bad.natural_id is not distinct from cast({key} as varchar))),"
            f" versions as (select row({others}) as this, lag(row({others})) over"
            f" (partition by {key} order by batch_date) as previous from good)"
            " select count(*) from versions where this is not distinct from previous"
        )
        assert repeated == 0, entity


def test_no_two_good_versions_of_one_row_come_in_one_batch(generated: truth.Generated) -> None:
    for entity in ("lines", "customers", "contracts", "port_requests", "bill_items"):
        twice = generated.value(
            f"select count(*) from (select {key_of(entity)}, batch_date"
            f" from {generated.delivered(entity)} as delivered"
            f" where {key_of(entity)} is not null and not exists (select 1"
            f" from {generated.truth_table('bad_rows')} as bad where bad.entity = '{entity}'"
            f" and bad.batch_date = delivered.batch_date"
            f" and bad.natural_id = {key_of(entity)}) group by all having count(*) > 1)"
        )
        assert twice == 0, entity


def test_late_rows_come_after_what_happened_and_stay_clear_of_the_window(
    generated: truth.Generated,
) -> None:
    for row in generated.truth("late_rows"):
        lag = (row["batch_date"] - row["happened_on"]).days
        assert 4 <= lag <= 24
        if row["entity"] in {"lines", "port_requests"}:
            happened, known = str(row["happened_on"]), str(row["batch_date"])
            assert known <= "2025-12-29" or happened > "2026-01-13"


def test_rows_do_not_tell_of_days_after_their_batch(generated: truth.Generated) -> None:
    """Nothing good is known before it happens: as-of replay would see the future."""
    days = {
        "lines": ("activated_at", "terminated_at", "last_device_change_on", "last_recontract_on"),
        "contracts": ("signed_on", "ended_on"),
        "port_requests": ("requested_at", "processed_on"),
        "bill_items": ("billed_on", "paid_on"),
        "waiver_claims": ("claimed_at", "obstacle_ended_on"),
        "refund_payments": ("paid_on",),
        "insurance_claims": ("claimed_on", "paid_on"),
        "micropayments": ("paid_at",),
    }
    for entity, columns in days.items():
        later = " or ".join(f"try_cast({column} as date) > batch_date" for column in columns)
        assert (
            generated.value(
                f"select count(*) from {generated.delivered(entity)} as delivered"
                f" where ({later}) and not exists (select 1"
                f" from {generated.truth_table('bad_rows')} as bad where bad.entity = '{entity}'"
                f" and bad.batch_date = delivered.batch_date"
                f" and bad.natural_id = {key_of(entity)})"
            )
            == 0
        ), entity


def test_identifiers_of_good_lines_are_valid_and_not_shared(generated: truth.Generated) -> None:
    lines = generated.good("lines", "line_id")
    [row] = generated.query(
        "select count(*) as lines, count(distinct imsi) as imsis, count(distinct imei) as imeis,"
        " count(*) filter (not regexp_full_match(msisdn, '010[0-9]{8}')) as bad_msisdn,"
        " count(*) filter (not regexp_full_match(imsi, '4500[248][0-9]{10}')) as bad_imsi,"
        f" count(*) filter (not regexp_full_match(imei, '[0-9]{{15}}')) as bad_imei from {lines}"
    )
    assert (row["bad_msisdn"], row["bad_imsi"], row["bad_imei"]) == (0, 0, 0)
    assert row["lines"] == row["imsis"] == row["imeis"]
    wrong = [
        line["imei"]
        for line in generated.query(f"select imei from {lines} using sample 4000 (reservoir, 1)")
        if not luhn_holds(line["imei"]) and not line["imei"].endswith("0")
    ]
    assert wrong == []


def luhn_holds(imei: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(imei)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0
