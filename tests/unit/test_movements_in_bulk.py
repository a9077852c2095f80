"""Spells, customers and movements by the SQL against lines asked day by day, thousands at once."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from tests.unit.oracles import movements as oracle
from tests.unit.oracles.models_in_memory import Tables
from tests.unit.oracles.movements import Frame, Spell, Version

LINES = 12_000
FRAME = Frame(date(2030, 1, 31), date(2030, 4, 20))
KINDS = ("port_out", "voluntary", "forced", "deceased")

TABLES = Tables(
    {
        "stg_operator__lines": (
            "line_key bigint, customer_key bigint, line_kind varchar, network_brand varchar, "
            "is_own_brand boolean, plan_code varchar, activated_at timestamp, activated_on date, "
            "activation_kind varchar, donor_carrier varchar, terminated_at timestamp, "
            "terminated_on date, termination_kind varchar, rejoined_on date, "
            "rejoined_line_key bigint"
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
        "int_delivery_facts": "opening_on date, observed_from date, as_of_date date",
        "int_line_days": "service_date date, is_feed_missing boolean",
        "ref_processing_calendar": "calendar_date date, is_processing_day boolean",
    }
)

Line = tuple[int, int, list[Version]]


def moment(dice: random.Random, first: date, last: date) -> datetime:
    """A moment between two days, on the hour so that moments coincide."""
    day = first + timedelta(dice.randint(0, max((last - first).days, 0)))
    return datetime.combine(day, time(dice.choice((0, 9, 23))))


def history(dice: random.Random) -> list[Version]:
    """Versions of a line: kept, ended, taken back, put right, used again; around every boundary."""
    early = FRAME.opening_on - timedelta(3)
    started = moment(dice, early - timedelta(dice.choice((0, 2, 300))), FRAME.as_of)
    versions = [Version(started, None, None)]
    for _ in range(dice.choice((0, 0, 1, 1, 1, 2, 3, 5))):
        newest = versions[-1]
        move = dice.random()
        if newest.terminated_at is None and move < 0.75:
            ended = moment(dice, newest.activated_at.date(), FRAME.as_of)
            versions.append(
                Version(newest.activated_at, max(ended, newest.activated_at), dice.choice(KINDS))
            )
        elif newest.terminated_at is not None and move < 0.5:
            again = moment(dice, newest.terminated_at.date(), FRAME.as_of)
            versions.append(Version(max(again, newest.terminated_at), None, None))
        elif move < 0.7:
            versions.append(Version(newest.activated_at, None, None))
        elif move < 0.85:
            put_right = moment(dice, early, FRAME.as_of)
            ended_at = newest.terminated_at
            if ended_at is not None and ended_at < put_right:
                ended_at = None
            versions.append(
                Version(put_right, ended_at, newest.termination_kind if ended_at else None)
            )
        else:
            versions.append(newest)
    return versions


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Line, customer and versions; every fourth customer has one line, the others more."""
    dice = random.Random(20300131)
    return [
        (key, key if key % 4 == 0 else -dice.randint(1, LINES // 3), history(dice))
        for key in range(1, LINES + 1)
    ]


@pytest.fixture(scope="module")
def built(lines: list[Line]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the models on all lines at once."""
    newest = [
        {
            "line_key": key,
            "customer_key": customer,
            "line_kind": "handset",
            "network_brand": "ORB",
            "is_own_brand": True,
            "plan_code": "P",
            "activated_at": versions[-1].activated_at,
            "activated_on": versions[-1].activated_at.date(),
            "activation_kind": "new",
            "terminated_at": versions[-1].terminated_at,
            "terminated_on": versions[-1].terminated_at and versions[-1].terminated_at.date(),
            "termination_kind": versions[-1].termination_kind,
        }
        for key, customer, versions in lines
    ]
    earlier = [
        {
            "line_key": key,
            "version_number": number,
            "activated_at": version.activated_at,
            "terminated_at": version.terminated_at,
            "termination_kind": version.termination_kind,
            "network_brand": "ORB",
        }
        for key, _, versions in lines
        for number, version in enumerate(versions[:-1], 1)
    ]
    TABLES.fill_many(
        {
            "stg_operator__lines": newest,
            "stg_operator__line_reuse_versions": earlier,
            "int_delivery_facts": [
                {
                    "opening_on": FRAME.opening_on,
                    "observed_from": FRAME.opening_on + timedelta(1),
                    "as_of_date": FRAME.as_of,
                }
            ],
            "int_line_days": [
                {"service_date": FRAME.opening_on + timedelta(n), "is_feed_missing": False}
                for n in range(1, (FRAME.as_of - FRAME.opening_on).days + 1)
            ],
            "ref_processing_calendar": [
                {"calendar_date": date(2030, 1, 1) + timedelta(n), "is_processing_day": True}
                for n in range(200)
            ],
        }
    )
    return {
        model: TABLES.build(model)
        for model in (
            "int_line_spells_past",
            "int_line_spells",
            "int_customer_spells",
            "int_unit_spells_counted",
            "rpt_customer_churn_monthly",
            "rpt_movements_monthly",
        )
    }


@pytest.fixture(scope="module")
def line_spells(lines: list[Line]) -> dict[int, list[Spell]]:
    return {key: oracle.spells_of_versions(versions) for key, _, versions in lines}


@pytest.fixture(scope="module")
def customers(lines: list[Line], line_spells: dict[int, list[Spell]]) -> dict[int, list[Spell]]:
    """Spells of all lines of a customer."""
    found: dict[int, list[Spell]] = defaultdict(list)
    for key, customer, _ in lines:
        found[customer] += line_spells[key]
    return found


@pytest.fixture(scope="module")
def customer_spells(customers: dict[int, list[Spell]]) -> dict[int, list[Spell]]:
    found = {key: oracle.customer_spells(spells, FRAME) for key, spells in customers.items()}
    return {key: spells for key, spells in found.items() if spells}


def was_known(spells: list[Spell]) -> bool:
    """The customer had a line by the opening delivery, and none in service."""
    had = any(spell.started_on <= FRAME.opening_on for spell in spells)
    return had and not oracle.in_service(spells, FRAME.opening_on)


def months() -> list[date]:
    return sorted({oracle.month_of(day) for day in FRAME.days()})


def test_spells_of_lines_are_those_of_their_versions(built, line_spells) -> None:
    found: dict[int, list[Spell]] = defaultdict(list)
    for row in sorted(built["int_line_spells"], key=lambda row: row["spell_number"]):
        found[row["line_key"]].append(
            Spell(row["activated_on"], row["terminated_on"], row["termination_kind"] == "forced")
        )
    assert found == line_spells
    assert len(found) == LINES
    assert sum(len(spells) > 1 for spells in found.values()) > 500
    assert max(map(len, found.values())) > 2


def test_no_two_spells_of_a_line_overlap(built) -> None:
    ends: dict[int, date] = {}
    for row in sorted(built["int_line_spells"], key=lambda row: row["spell_number"]):
        assert ends.get(row["line_key"], date.min) <= row["activated_on"]
        ends[row["line_key"]] = row["terminated_on"] or date.max


def test_customers_are_in_service_while_they_have_a_line(built, customer_spells) -> None:
    found: dict[int, list[Spell]] = defaultdict(list)
    for row in sorted(built["int_customer_spells"], key=lambda row: row["spell_number"]):
        assert row["spell_number"] == len(found[row["customer_key"]]) + 1
        found[row["customer_key"]].append(
            Spell(row["started_on"], row["ended_on"], bool(row["is_forced"]))
        )
    assert found == customer_spells
    assert sum(len(spells) > 1 for spells in found.values()) > 300


def test_months_of_customers_are_their_events(built, customers, customer_spells) -> None:
    known = [was_known(customers[key]) for key in customer_spells]
    events = oracle.customer_months(customer_spells.values(), FRAME, known)
    stock = sum(spells[0].started_on == FRAME.opening_on for spells in customer_spells.values())
    for row in sorted(built["rpt_customer_churn_monthly"], key=lambda row: row["month"]):
        month = row["month"]
        assert row["opening_customers"] == stock
        stock += events[month, "new"] + events[month, "rejoined"] - events[month, "churned"]
        assert row["closing_customers"] == stock
        assert row["new_customers"] == events[month, "new"]
        assert row["rejoined_customers"] == events[month, "rejoined"]
        assert row["churned_customers"] == events[month, "churned"]
        assert row["forced_churned_customers"] == events[month, "forced"]
    assert all(count > 0 for count in events.values())


def test_movements_are_what_each_unit_did(built, line_spells, customers, customer_spells) -> None:
    expected: Counter[tuple[str, date, str]] = Counter()
    for month in months():
        for spells in line_spells.values():
            movement = oracle.movement(spells, month, FRAME, known_before=None)
            expected["line", month, movement] += 1
        for key, spells in customer_spells.items():
            known = FRAME.opening_on if was_known(customers[key]) else None
            movement = oracle.movement(spells, month, FRAME, known_before=known)
            expected["customer", month, movement] += 1
    found = {
        (row["counted_unit"], row["month"], row["movement_class"]): row["units"]
        for row in built["rpt_movements_monthly"]
    }
    assert {key: units for key, units in found.items() if units} == expected
    assert {key[2] for key in expected} == {
        "new",
        "rejoined",
        "retained",
        "churned",
        "absent",
        "not_yet",
        "unknown",
    }
