"""Requests, flows and the queue by the SQL against requests asked one by one, thousands at once."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from tests.unit.oracles import port_flows as oracle
from tests.unit.oracles.models_in_memory import Tables
from tests.unit.oracles.port_flows import Outcome, Request, Rules, Version

REQUESTS = 12_000
FIRST, OBSERVED, LAST = date(2030, 1, 1), date(2030, 1, 20), date(2030, 4, 10)
CLOSED = frozenset(
    day for n in range(200) if (day := FIRST + timedelta(n)).weekday() == 6 or n % 37 in {4, 5, 6}
)
NO_FILE, NO_DELIVERY = date(2030, 3, 13), date(2030, 3, 19)
MISSING = frozenset({NO_FILE, NO_DELIVERY})
RULES = Rules(CLOSED, answer_within=4, undo_within=9, as_of=LAST)
BRANDS = {"ORB": True, "ORB-lite": True, "SUN": False}
PAIRS = [(donor, recipient) for donor in BRANDS for recipient in BRANDS if donor != recipient]

TABLES = Tables(
    {
        "stg_operator__port_requests": (
            "port_id varchar, line_key bigint, donor_carrier varchar, recipient_carrier varchar, "
            "requested_at timestamp, processed_on date, status varchar, loaded_on date"
        ),
        "stg_operator__port_requests_superseded": (
            "port_id varchar, processed_on date, status varchar, known_from date"
        ),
        "stg_operator__batch_files": "batch_date date, entity varchar",
        "ref_porting_rules": (
            "rule_code varchar, valid_from date, known_from date, days bigint, day_kind varchar"
        ),
        "ref_processing_calendar": "calendar_date date, is_processing_day boolean",
        "int_delivery_facts": "opening_on date, observed_from date, as_of_date date",
        "dim_carriers": "carrier_code varchar, is_on_operator_network boolean",
    }
)


def request(dice: random.Random) -> Request:
    """A request that is answered or not, soon or late, in one delivery or in several."""
    asked = FIRST + timedelta(dice.randint(0, (LAST - FIRST).days))
    processed = asked + timedelta(dice.choice((0, 0, 0, 1, 2, 3, 8)))
    while processed in CLOSED or processed in MISSING:
        processed += timedelta(1)
    processed = min(processed, LAST)
    delivered = processed + timedelta(dice.choice((0, 0, 1, 20)))
    versions = [Version("requested", None, asked)] if dice.random() < 0.4 else []
    end = dice.random()
    if end < 0.6:
        versions.append(Version("completed", processed, delivered))
    elif end < 0.7:
        undone = max(processed + timedelta(dice.randint(8, 11)), delivered)
        versions += [
            Version("completed", processed, delivered),
            Version("reversed", processed, undone),
        ]
    elif end < 0.75 and asked not in CLOSED:
        versions += [
            Version("completed", asked, delivered),
            Version("completed", processed, delivered + timedelta(1)),
        ]
    elif end < 0.8:
        versions += [
            Version("rejected", None, delivered),
            Version("completed", processed, delivered + timedelta(1)),
        ]
    elif end < 0.9:
        status = dice.choice(("withdrawn", "rejected"))
        versions.append(Version(status, None, delivered))
        if dice.random() < 0.3:
            versions.append(Version(status, None, delivered + timedelta(3)))
    else:
        versions = [Version("requested", None, asked)]
    known = [version for version in versions if version.delivered_on <= LAST]
    if not known or asked in MISSING:
        return request(dice)
    return Request(dice.choice(PAIRS), asked, tuple(known))


@pytest.fixture(scope="module")
def requests() -> list[tuple[Request, Outcome]]:
    dice = random.Random(20300313)
    drawn = [request(dice) for _ in range(REQUESTS)]
    return [(each, oracle.outcome(each, RULES)) for each in drawn]


@pytest.fixture(scope="module")
def built(requests: list[tuple[Request, Outcome]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the models; one processing day has no file, one no delivery."""
    current, earlier = [], []
    for number, (each, _) in enumerate(requests):
        newest = each.versions[-1]
        loaded = next(
            version.delivered_on
            for index, version in enumerate(each.versions)
            if all(
                (later.status, later.processed_on) == (newest.status, newest.processed_on)
                for later in each.versions[index:]
            )
        )
        current.append(
            {
                "port_id": str(number),
                "donor_carrier": each.pair[0],
                "recipient_carrier": each.pair[1],
                "requested_at": datetime.combine(each.requested_on, time(23, 59)),
                "processed_on": newest.processed_on,
                "status": newest.status,
                # Sometimes another column was put right since, and the row delivered anew.
                "loaded_on": newest.delivered_on if number % 2 else loaded,
            }
        )
        earlier += [
            {
                "port_id": str(number),
                "processed_on": version.processed_on,
                "status": version.status,
                "known_from": version.delivered_on,
            }
            for version in each.versions[:-1]
        ]
    days = [FIRST + timedelta(n) for n in range(200)]
    TABLES.fill_many(
        {
            "stg_operator__port_requests": current,
            "stg_operator__port_requests_superseded": earlier,
            "stg_operator__batch_files": [
                {"batch_date": day, "entity": entity}
                for day in days
                for entity in ("lines", "port_requests")
                if day <= LAST
                and day != NO_DELIVERY
                and not (entity == "port_requests" and day == NO_FILE)
            ],
            "ref_porting_rules": [
                {
                    "rule_code": code,
                    "valid_from": FIRST,
                    "known_from": FIRST,
                    "days": length,
                    "day_kind": kind,
                }
                for code, length, kind in (
                    ("answer_within", RULES.answer_within, "processing"),
                    ("undo_within", RULES.undo_within, "calendar"),
                )
            ],
            "ref_processing_calendar": [
                {"calendar_date": day, "is_processing_day": day not in CLOSED} for day in days
            ],
            "int_delivery_facts": [
                {"opening_on": FIRST, "observed_from": OBSERVED, "as_of_date": LAST}
            ],
            "dim_carriers": [
                {"carrier_code": brand, "is_on_operator_network": is_on_network}
                for brand, is_on_network in BRANDS.items()
            ],
        }
    )
    TABLES.build("int_days_covered", "int_port_days", "int_port_requests_counted")
    return {
        model: TABLES.build(model)
        for model in ("fct_port_requests_daily", "rpt_port_flows_daily", "rpt_port_queue_daily")
    }


def observed() -> list[date]:
    return [OBSERVED + timedelta(n) for n in range((LAST - OBSERVED).days + 1)]


def direction(pair: tuple[str, str]) -> str:
    donor, recipient = (BRANDS[brand] for brand in pair)
    if donor and recipient:
        return "within_network"
    return "out" if donor else "in" if recipient else "elsewhere"


def test_every_request_stands_on_its_days_with_its_outcome(built, requests) -> None:
    expected = Counter((each.pair, each.requested_on, found) for each, found in requests)
    shown = {
        (
            (row["donor_carrier"], row["recipient_carrier"]),
            row["requested_on"],
            Outcome(
                row["outcome"],
                row["processed_on"],
                row["reported_on"],
                row["undone_on"],
                row["left_queue_on"],
            ),
        ): row["requests"]
        for row in built["fct_port_requests_daily"]
    }
    assert shown == expected
    outcomes = Counter(found.outcome for _, found in requests)
    assert len(outcomes) == 7
    assert min(outcomes.values()) > 30


def test_the_frame_counts_each_day_of_a_port_and_nothing_of_a_missing_day(built, requests) -> None:
    counts: dict[str, Counter[tuple[date | None, tuple[str, str]]]] = defaultdict(Counter)
    for each, found in requests:
        counts["requested_ports"][each.requested_on, each.pair] += 1
        if found.outcome == "completed":
            counts["processed_ports"][found.processed_on, each.pair] += 1
            counts["reported_ports"][found.reported_on, each.pair] += 1
        if found.undone_on:
            counts["undone_ports"][found.undone_on, each.pair] += 1
        if found.outcome == "timed_out":
            counts["unanswered_requests"][each.requested_on, each.pair] += 1
    rows = built["rpt_port_flows_daily"]
    assert len(rows) == len(observed()) * len(PAIRS)
    for row in rows:
        cell = row["service_date"], (row["donor_carrier"], row["recipient_carrier"])
        is_missing = row["service_date"] in MISSING
        assert row["is_feed_missing"] == is_missing
        for column, counted in counts.items():
            assert row[column] == (None if is_missing else counted[cell])
        if row["service_date"] in CLOSED:
            assert row["processed_ports"] == 0


def test_the_queue_holds_who_asked_and_has_no_end_yet(built, requests) -> None:
    by_direction: dict[str, list[tuple[Request, Outcome]]] = defaultdict(list)
    for each, found in requests:
        by_direction[direction(each.pair)].append((each, found))
    assert {row["direction"] for row in built["rpt_port_queue_daily"]} == set(by_direction)
    for row in built["rpt_port_queue_daily"]:
        day, mine = row["service_date"], by_direction[row["direction"]]
        assert row["waiting_closing"] == oracle.waiting(mine, day)
        assert row["waiting_opening"] == oracle.waiting(mine, day - timedelta(1))
        left = Counter(
            "processed" if found.processed_on else found.outcome
            for _, found in mine
            if found.left_queue_on == day
        )
        assert row["timed_out"] == left["timed_out"]
        for column in ("processed", "withdrawn", "rejected"):
            assert row[column] == (None if day in MISSING else left[column])
