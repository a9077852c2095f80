"""Returners of the bundled sample recounted from its raw files; segments as an outsider sees them.

Belongs here: what needs the whole sample. Does not belong here: branches and boundaries (dbt unit
tests) and generated cases (tests/unit).
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from orchestration.settings import PROJECT_DIR
from tests.unit.oracles.privacy import FLOWS, Attacker, Cell, Unknown
from tests.warehouse.sample_warehouse import NEWEST, REPLAYED, SampleWarehouse

Raw = dict[str, str]
SMALLEST = 5


def newest(name: str, key: str) -> dict[str, Raw]:
    path = PROJECT_DIR / "seeds" / "raw" / f"raw_{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["batch_date"])
    return {row[key]: row for row in rows if row[key]}


@pytest.fixture(scope="module")
def hosts() -> dict[str, str]:
    path = PROJECT_DIR / "seeds" / "reference" / "ref_carriers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["carrier_code"]: row["host_carrier"] for row in csv.DictReader(file)}


def test_returners_are_those_of_the_raw_files(
    sample: SampleWarehouse, hosts: dict[str, str]
) -> None:
    lines = newest("lines", "line_id")
    ports = {
        (port["line_id"], port["processed_on"], port["donor_carrier"]): port["recipient_carrier"]
        for port in newest("port_requests", "port_id").values()
        if port["status"] == "completed"
    }
    left = {
        line_id: ports.get((line_id, line["terminated_at"][:10], line["network_brand"]))
        for line_id, line in lines.items()
        if line["termination_kind"] == "port_out"
    }
    expected: Counter[tuple[str, ...]] = Counter()
    for line_id, recipient in left.items():
        line = lines[line_id]
        home = line["donor_carrier"] if line["activation_kind"] == "port_in" else None
        if home and home == recipient and hosts[home] != "KT":
            came, went = line["activated_at"][:10], line["terminated_at"][:10]
            expected["out", home, line["network_brand"], came, went] += 1
    arrivals: dict[tuple[str, str], list[Raw]] = {}
    for line in lines.values():
        arrivals.setdefault((line["msisdn"], line["customer_id"]), []).append(line)
    for line_id, recipient in left.items():
        line = lines[line_id]
        later = [
            arrival
            for arrival in arrivals[line["msisdn"], line["customer_id"]]
            if arrival["activated_at"] > line["terminated_at"]
        ]
        first = min(later, key=lambda arrival: arrival["activated_at"], default=None)
        if (
            first
            and first["activation_kind"] == "port_in"
            and first["donor_carrier"] == recipient
            and first["network_brand"] == line["network_brand"]
        ):
            went, came = line["terminated_at"][:10], first["activated_at"][:10]
            expected["in", line["network_brand"], recipient or "", went, came] += 1
    shown = sample.query(NEWEST, "select * from churn.fct_returners")
    assert expected == Counter(
        (
            row["direction"],
            row["left_carrier"],
            row["via_carrier"],
            str(row["left_on"]),
            str(row["returned_on"]),
        )
        for row in shown
    )
    assert {row["direction"] for row in shown} == {"in", "out"}


def test_every_line_that_was_away_ended_and_no_first_time_joiner_is_among_them(
    sample: SampleWarehouse,
) -> None:
    (row,) = sample.query(
        NEWEST,
        "select count(*) as returners, count(spells.ended_on) as ended, "
        "count(*) filter (where returners.direction = 'out' and spells.start_kind = 'new') "
        "as joined_first, "
        "count(*) filter (where returners.direction = 'in' and again.start_kind <> 'port_in') "
        "as joined_anew "
        "from churn.fct_returners as returners "
        "inner join churn.fct_line_spells as spells on returners.line_key = spells.line_key "
        "left join churn.fct_line_spells as again on returners.rejoined_line_key = again.line_key",
    )
    assert row["returners"] == row["ended"] > 0
    assert row["joined_first"] == row["joined_anew"] == 0


def test_returners_after_the_other_carriers_incident_are_those_of_its_days(
    sample: SampleWarehouse,
) -> None:
    rows = sample.query(
        NEWEST,
        "select returners.*, incidents.is_of_operator from churn.fct_returners as returners "
        "left join core.dim_incidents as incidents "
        "on returners.incident_id = incidents.incident_id",
    )
    for row in rows:
        in_days = row["left_carrier"] == "SKT" and (
            date(2025, 4, 19) <= row["left_on"] <= date(2025, 7, 14)
        )
        if row["direction"] == "out":
            assert row["is_after_incident_of_left_carrier"] == in_days
            assert row["is_of_operator"] == (False if in_days else None)
    assert any(row["is_of_operator"] is False for row in rows)


def test_an_incident_without_programmes_is_there_and_costs_nothing(
    sample: SampleWarehouse,
) -> None:
    (row,) = sample.query(
        NEWEST,
        "select count(*) as incidents, "
        "count(*) filter (where incident_id in (select incident_id from core.dim_programmes)) "
        "as with_programmes, "
        "count(*) filter (where incident_id in (select incident_id from "
        "compensation.rpt_incident_cost)) as with_cost, "
        "count(*) filter (where not is_of_operator) as of_others from core.dim_incidents",
    )
    assert row == {"incidents": 2, "with_programmes": 1, "with_cost": 1, "of_others": 1}


def test_before_the_announcement_no_window_of_the_operator_is_known(
    sample: SampleWarehouse,
) -> None:
    (before,) = [day for day in REPLAYED if day < date(2025, 12, 30)]
    (row,) = sample.query(
        before,
        "select count(*) filter (where left_in_period in ('window', 'retroactive')) as known, "
        "count(programme_id) as in_programmes from churn.fct_returners",
    )
    assert row == {"known": 0, "in_programmes": 0}
    (days,) = sample.query(
        before, "select count(*) filter (where is_waiver_window) as days from core.dim_dates"
    )
    assert days["days"] == 0
    (days,) = sample.query(
        NEWEST, "select count(*) filter (where is_waiver_window) as days from core.dim_dates"
    )
    assert days["days"] == 14


def test_nobody_subtracts_a_small_cell_of_the_sample(sample: SampleWarehouse) -> None:
    in_full = sample.query(NEWEST, "select * from churn.fct_churn_segments_monthly")
    report = {
        (row["month"], row["segment_kind"], row["segment"]): row
        for row in sample.query(NEWEST, "select * from churn.rpt_churn_segments_monthly")
    }
    months = sorted({row["month"] for row in in_full if row["is_complete"]})
    truth = {
        ((row["segment_kind"], row["part"], row["unit"]), row["month"]): row for row in in_full
    }
    cells: list[Cell] = sorted({cell for cell, _ in truth})
    hidden = 0
    # Two months at a time: what ties months together are the stocks between two of them.
    for pair in list(pairwise(months))[::3]:
        shown: dict[Unknown, int] = {}
        small: set[Unknown] = set()
        for number, month in enumerate(pair):
            for cell in cells:
                kind, part, unit = cell
                row = report[month, kind, unit if part == "all" else f"{part}_{unit}"]
                for name, unknown in (
                    ("opening_lines", (cell, "stock", number)),
                    ("closing_lines", (cell, "stock", number + 1)),
                    *((flow, (cell, flow, number)) for flow in FLOWS),
                ):
                    amount = truth[cell, month][name]
                    assert row[name] in (None, amount)
                    if row[name] is not None:
                        shown[unknown] = amount
                    if 0 < amount < SMALLEST:
                        small.add(unknown)
                        hidden += row[name] is None
        assert not Attacker(shown, cells, len(pair)).subtracts() & small
    assert hidden > 0
