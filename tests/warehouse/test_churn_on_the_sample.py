"""Churn marts of the bundled sample against a recount of its raw files in plain Python."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.unit.oracles.churn import Carrier, leavers
from tests.warehouse.sample_warehouse import NEWEST, PROJECT_DIR

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse

Raw = dict[str, str]


def read(folder: str, name: str) -> list[Raw]:
    path = PROJECT_DIR / "seeds" / folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def market() -> list[Carrier]:
    return [
        Carrier(row["carrier_code"], row["carrier_class"] == "mno", row["host_carrier"])
        for row in read("reference", "ref_carriers")
    ]


@pytest.fixture(scope="module")
def operator() -> str:
    (code,) = [
        row["carrier_code"]
        for row in read("reference", "ref_carriers")
        if row["is_operator"] == "true"
    ]
    return code


@pytest.fixture(scope="module")
def ports(market: list[Carrier]) -> list[Raw]:
    """Newest good version of every port request, completed ones only."""
    codes = {carrier.code for carrier in market}
    statuses = {"requested", "completed", "rejected", "withdrawn", "reversed"}
    lines = {row["line_id"] for row in read("raw", "raw_lines")}
    newest: dict[str, Raw] = {}
    for row in sorted(read("raw", "raw_port_requests"), key=lambda row: row["batch_date"]):
        is_good = (
            row["port_id"]
            and row["line_id"] in lines
            and {row["donor_carrier"], row["recipient_carrier"]} <= codes
            and row["status"] in statuses
        )
        if is_good:
            newest[row["port_id"]] = row
    return [row for row in newest.values() if row["status"] == "completed"]


@pytest.mark.parametrize("basis", ["all_destinations", "mno_only", "own_brand_mno_only"])
def test_leavers_of_every_day_are_those_of_the_raw_port_requests(
    sample: SampleWarehouse, ports: list[Raw], market: list[Carrier], operator: str, basis: str
) -> None:
    shown = sample.query(
        NEWEST,
        f"select period_from, recipient, ports from churn.rpt_port_share "
        f"where period_kind = 'day' and basis = '{basis}' and ports > 0",
    )
    expected: Counter[tuple[date, str]] = Counter()
    for row in ports:
        move = (row["donor_carrier"], row["recipient_carrier"], 1)
        for recipient, count in leavers([move], market, operator, basis).items():
            expected[date.fromisoformat(row["processed_on"]), recipient] += count
    assert {(row["period_from"], row["recipient"]): row["ports"] for row in shown} == expected


def test_the_published_base_is_read_from_the_daily_report(sample: SampleWarehouse) -> None:
    (claim,) = [
        row
        for row in read("reference", "ref_published_claims")
        if row["metric"].startswith("handset_lines:")
    ]
    (shown,) = sample.query(
        NEWEST,
        "select closing_lines from churn.rpt_churn_daily "
        f"where segment = 'own_brand_handset' and service_date = '{claim['period_to']}'",
    )
    (rate,) = {Fraction(row["sample_rate"]) for row in read("raw", "raw_batch_files")}
    assert abs(shown["closing_lines"] - int(claim["value"]) * rate) <= 1


def test_every_line_of_the_exports_is_one_spell(sample: SampleWarehouse) -> None:
    (shown,) = sample.query(
        NEWEST,
        "select count(*) as spells, count(distinct line_key) as lines, "
        "count(*) filter (where ended_on < started_on) as backwards from churn.fct_line_spells",
    )
    (lines,) = sample.query(NEWEST, "select count(*) as lines from core.dim_lines")
    assert shown == {"spells": lines["lines"], "lines": lines["lines"], "backwards": 0}


def test_the_queue_of_new_year_is_processed_on_the_second(sample: SampleWarehouse) -> None:
    flows = sample.query(
        NEWEST,
        "select processed_on, sum(queued_ports) as queued from churn.fct_port_flows_daily "
        "where processed_on between '2026-01-01' and '2026-01-05' group by all",
    )
    queued = {row["processed_on"]: row["queued"] for row in flows}
    assert not {date(2026, 1, 1), date(2026, 1, 4)} & set(queued)
    assert queued[date(2026, 1, 2)] > 0
    assert queued[date(2026, 1, 5)] > 0


def test_every_port_out_knows_where_it_went(sample: SampleWarehouse) -> None:
    (row,) = sample.query(
        NEWEST,
        "select count(*) as deactivations, count(recipient_carrier) as with_recipient, "
        "count(*) filter (where kind = 'port_out') as ported "
        "from churn.fct_deactivations",
    )
    assert row["with_recipient"] == row["ported"] < row["deactivations"]
