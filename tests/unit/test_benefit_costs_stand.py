"""What was booked for benefits on a day is the same on every later day.

Histories of a few lines, redemptions and covers are delivered day by day: ends that become known
late, ports undone, redemptions delivered after their month. Each day sees what is known by then.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.oracles.benefits import cover_end, month_end
from tests.unit.oracles.models_in_memory import Row, Tables

FIRST, LAST = date(2026, 1, 28), date(2026, 4, 2)
MODELS = (
    "int_lines_entitled",
    "int_partner_spans",
    "int_partner_issues",
    "int_partner_redemptions",
    "int_partner_costs",
    "int_insurance_covers",
    "int_insurance_accruals",
    "int_benefit_costs",
)
TABLES = Tables(
    {
        "stg_operator__lines": (
            "line_key bigint, line_kind varchar, is_own_brand boolean, plan_code varchar, "
            "activated_on date, terminated_on date, suspended_on date, loaded_on date"
        ),
        "stg_operator__port_requests": (
            "line_key bigint, status varchar, processed_on date, loaded_on date"
        ),
        "stg_operator__benefit_redemptions": (
            "redemption_id varchar, line_key bigint, partner_category varchar, redeemed_on date, "
            "face_value_krw bigint, carrier_share_krw bigint, loaded_on date"
        ),
        "stg_operator__insurance_enrolments": (
            "enrolment_id varchar, customer_key bigint, route varchar, enrolled_on date, "
            "cover_from date, cover_to date, loaded_on date"
        ),
        "stg_operator__benefit_choices": "incident_id varchar, line_key bigint, loaded_on date",
        "int_incident_victims": (
            "incident_id varchar, line_key bigint, is_exposed boolean, is_payment_victim boolean, "
            "choice varchar, chosen_on date"
        ),
        "int_data_benefits": (
            "programme_id varchar, treatment_code varchar, benefit_month date, loaded_on date, "
            "cost_krw bigint"
        ),
        "int_programmes_known": (
            "programme_id varchar, kind varchar, treatment_code varchar, starts_on date, "
            "ends_on date, incident_id varchar, quantity_per_unit bigint"
        ),
        "int_programme_rules_known": (
            "programme_id varchar, kind varchar, incident_id varchar, is_victims_only boolean, "
            "victim_signs varchar, announced_on date, first_month date, last_month date, "
            "reference_on date, line_kinds varchar, is_own_brand_only boolean, "
            "is_suspended_excluded boolean"
        ),
        "int_programme_months": "programme_id varchar, cost_month date, treatment_code varchar",
        "int_insurance_programmes": (
            "programme_id varchar, treatment_code varchar, months bigint, unit_cost_krw bigint, "
            "premium_total_krw bigint"
        ),
        "int_delivery_facts": "as_of_date date",
        "ref_plans": "plan_code varchar, is_unlimited_data boolean",
        "ref_partner_offers": (
            "programme_id varchar, partner_category varchar, known_from date, "
            "coupons_per_month bigint, share_low_krw bigint, share_base_krw bigint, "
            "share_high_krw bigint, take_up_low_rate decimal(9,4), "
            "take_up_base_rate decimal(9,4), take_up_high_rate decimal(9,4)"
        ),
        "ref_processing_calendar": "calendar_date date",
    }
)
MONTHS = [date(2026, month, 1) for month in (1, 2, 3, 4)]
RULES: dict[str, list[Row]] = {
    "int_programmes_known": [
        {
            "programme_id": "P",
            "kind": "partner_discount",
            "treatment_code": "T",
            "starts_on": date(2026, 2, 1),
            "ends_on": date(2026, 3, 31),
        }
    ],
    "int_programme_rules_known": [
        {
            "programme_id": "P",
            "kind": "partner_discount",
            "is_victims_only": False,
            "announced_on": date(2025, 12, 30),
            "first_month": date(2026, 2, 1),
            "last_month": date(2026, 3, 1),
            "reference_on": date(2026, 1, 13),
            "line_kinds": "|handset|",
            "is_own_brand_only": True,
            "is_suspended_excluded": True,
        }
    ],
    "ref_partner_offers": [
        {
            "programme_id": "P",
            "partner_category": category,
            "known_from": known_from,
            "coupons_per_month": 1,
            "share_low_krw": 500,
            "share_base_krw": 1001,
            "share_high_krw": 2000,
            "take_up_low_rate": 0.01,
            "take_up_base_rate": rate,
            "take_up_high_rate": 0.9,
        }
        for category, known_from, rate in (
            ("cafe", date(2026, 1, 1), 0.05),
            ("bakery", date(2026, 1, 1), 0.5),
            ("cafe", date(2026, 2, 10), 0.1),
        )
    ],
    "int_insurance_programmes": [
        {"programme_id": "C", "treatment_code": "T", "months": 2, "premium_total_krw": 601}
    ],
    "ref_processing_calendar": [
        {"calendar_date": date(2026, 1, 1) + timedelta(n)} for n in range(150)
    ],
}


def a_history(chance: random.Random) -> dict[str, list[tuple[date, Row]]]:
    """Rows by the day on which they are delivered; a later row of one key replaces an earlier."""

    def day(first: date, last: date) -> date:
        return first + timedelta(chance.randint(0, (last - first).days))

    lines: list[tuple[date, Row]] = []
    ports: list[tuple[date, Row]] = []
    redemptions: list[tuple[date, Row]] = []
    covers: list[tuple[date, Row]] = []
    for key in range(40):
        start = date(2020, 1, 1)
        row: Row = {
            "key": key,
            "line_key": key,
            "line_kind": "handset",
            "is_own_brand": True,
            "activated_on": start,
        }
        lines.append((start, row))
        fate = chance.random()
        if fate < 0.4:
            ended = day(date(2026, 1, 5), LAST)
            known = ended + timedelta(chance.choice([0, 0, 0, 5, 20, 40]))
            lines.append((known, {**row, "terminated_on": ended}))
        elif fate < 0.55:
            ported = day(date(2026, 1, 25), date(2026, 3, 3))
            back = ported + timedelta(chance.randint(1, 9))
            port = {"key": key, "line_key": key, "processed_on": ported}
            lines += [(ported, {**row, "terminated_on": ported}), (back, row)]
            ports += [(ported, {**port, "status": "completed"})]
            ports += [(back, {**port, "status": "reversed"})]
        elif fate < 0.65:
            suspended = day(date(2026, 1, 5), LAST)
            lines.append((suspended, {**row, "suspended_on": suspended}))
    for number in range(60):
        redeemed = day(FIRST, LAST)
        known = redeemed + timedelta(chance.choice([0, 0, 0, 4, 24]))
        row = {
            "key": number,
            "redemption_id": f"D{number}",
            "line_key": number % 40,
            "partner_category": chance.choice(["cafe", "cafe", "bakery"]),
            "redeemed_on": redeemed,
            "face_value_krw": 2000,
            "carrier_share_krw": chance.randint(1, 2000),
        }
        redemptions.append((known, row))
        cover_from = day(FIRST, LAST)
        row = {
            "key": number,
            "enrolment_id": f"N{number}",
            "customer_key": number,
            "cover_from": cover_from,
            "cover_to": cover_end(cover_from, 2),
        }
        covers.append((cover_from + timedelta(chance.choice([0, 0, 7])), row))
    return {
        "stg_operator__lines": lines,
        "stg_operator__port_requests": ports,
        "stg_operator__benefit_redemptions": redemptions,
        "stg_operator__insurance_enrolments": covers,
    }


def known_on(history: dict[str, list[tuple[date, Row]]], as_of: date) -> dict[str, list[Row]]:
    """The newest version of every row that is delivered by a day."""
    known: dict[str, list[Row]] = {}
    for name, deliveries in history.items():
        newest: dict[int, Row] = {}
        for delivered, row in sorted(deliveries, key=lambda delivery: delivery[0]):
            if delivered <= as_of:
                newest[row["key"]] = {**row, "loaded_on": delivered}
        known[name] = list(newest.values())
    return known


def costs(history: dict[str, list[tuple[date, Row]]], as_of: date) -> set[tuple[Any, ...]]:
    """Everything that is to be booked by what is known on a day."""
    months = [
        {"programme_id": "P", "cost_month": month, "treatment_code": "T"}
        for month in MONTHS
        if month <= as_of
    ]
    TABLES.fill_many(
        RULES
        | known_on(history, as_of)
        | {"int_programme_months": months, "int_delivery_facts": [{"as_of_date": as_of}]}
    )
    return {tuple(row.values()) for row in TABLES.build(*MODELS)}


@pytest.mark.parametrize("seed", range(6))
def test_what_was_booked_is_never_rewritten(seed: int) -> None:
    history = a_history(random.Random(seed))
    days = [FIRST, date(2026, 2, 1), date(2026, 2, 9), date(2026, 2, 28), date(2026, 3, 1)]
    days += [date(2026, 3, 2), date(2026, 3, 20), date(2026, 3, 31), LAST, date(2026, 5, 20)]
    last = costs(history, days[-1])
    known_from = 3
    for as_of in days[:-1]:
        assert costs(history, as_of) == {row for row in last if row[known_from] <= as_of}, as_of
    assert {row[0] for row in last} == {
        "benefit_issued",
        "benefit_breakage",
        "benefit_cost",
        "premium_accrued",
    }


@pytest.mark.parametrize("seed", range(6))
def test_an_ended_month_costs_what_was_redeemed(seed: int) -> None:
    history = a_history(random.Random(seed))
    as_of = date(2026, 5, 20)
    booked: dict[date, int] = {}
    for kind, programme, month, _, _, krw, _ in costs(history, as_of):
        if programme == "P":
            sign = -1 if kind == "benefit_breakage" else 1
            booked[month] = booked.get(month, 0) + sign * krw
    redeemed: dict[date, int] = {}
    for _, row in history["stg_operator__benefit_redemptions"]:
        month = row["redeemed_on"].replace(day=1)
        if month_end(month) <= as_of:
            redeemed[month] = redeemed.get(month, 0) + row["carrier_share_krw"]
    assert booked == redeemed
