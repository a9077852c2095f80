"""Leavers, joiners and shares by basis: the SQL against plain counting, on generated markets."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles.churn import Carrier, joiners, leavers, share
from tests.unit.oracles.models_in_memory import Tables

DAY = date(2030, 3, 5)
OPERATOR = "ORB"
BASES = ("all_destinations", "mno_only", "own_brand_mno_only")
MARKET = [
    Carrier("ORB", True, "ORB"),
    Carrier("ORB-lite", False, "ORB"),
    Carrier("ORB-mini", False, "ORB"),
    Carrier("ZIP", True, "ZIP"),
    Carrier("ZIP-lite", False, "ZIP"),
    Carrier("NOW", True, "NOW"),
]

TABLES = Tables(
    {
        "int_port_flows_daily": (
            "processed_on date, donor_carrier varchar, recipient_carrier varchar, ports bigint"
        ),
        "ref_carriers": (
            "carrier_code varchar, carrier_class varchar, host_carrier varchar, is_operator boolean"
        ),
        "int_port_days": (
            "service_date date, is_processing_day boolean, is_observed boolean, "
            "is_feed_missing boolean"
        ),
        "ref_policies": "policy_id varchar, policy_version varchar, known_from date",
        "ref_policy_paths": (
            "policy_id varchar, policy_version varchar, path varchar, terminated_from date, "
            "terminated_to date"
        ),
        "int_claim_readings": (
            "metric_family varchar, period_from date, period_to date, observed_from date"
        ),
        "int_delivery_facts": "observed_from date, as_of_date date",
    }
)

brands = st.sampled_from([carrier.code for carrier in MARKET])
moves = st.dictionaries(st.tuples(brands, brands), st.integers(1, 99), max_size=12)


def fill(flows: dict[tuple[str, str], int]) -> None:
    TABLES.fill(
        {
            "int_port_flows_daily": [
                {
                    "processed_on": DAY,
                    "donor_carrier": donor,
                    "recipient_carrier": recipient,
                    "ports": ports,
                }
                for (donor, recipient), ports in flows.items()
            ],
            "ref_carriers": [
                {
                    "carrier_code": carrier.code,
                    "carrier_class": "mno" if carrier.is_mno else "mvno",
                    "host_carrier": carrier.host,
                    "is_operator": carrier.code == OPERATOR,
                }
                for carrier in MARKET
            ],
            "int_port_days": [
                {
                    "service_date": DAY,
                    "is_processing_day": True,
                    "is_observed": True,
                    "is_feed_missing": False,
                }
            ],
            "int_delivery_facts": [{"observed_from": DAY, "as_of_date": DAY}],
        }
    )


@settings(max_examples=80, deadline=None)
@given(moves)
def test_a_move_counts_on_the_bases_it_belongs_to(flows: dict[tuple[str, str], int]) -> None:
    fill(flows)
    found: dict[tuple[str, str], Counter[str]] = {
        (basis, way): Counter() for basis in BASES for way in ("out", "in")
    }
    for row in TABLES.build("int_ports_by_basis_daily"):
        found[row["basis"], row["direction"]][row["counterparty"]] += row["ports"]
    listed = [(donor, recipient, ports) for (donor, recipient), ports in flows.items()]
    for basis in BASES:
        assert found[basis, "out"] == leavers(listed, MARKET, OPERATOR, basis)
        assert found[basis, "in"] == joiners(listed, MARKET, OPERATOR, basis)


@settings(max_examples=60, deadline=None)
@given(moves)
def test_a_share_is_taken_of_its_own_basis(flows: dict[tuple[str, str], int]) -> None:
    fill(flows)
    listed = [(donor, recipient, ports) for (donor, recipient), ports in flows.items()]
    rows = TABLES.build("int_ports_by_basis_daily", "rpt_port_share")
    found = {
        (row["basis"], row["recipient"]): (row["ports"], row["total_ports"], row["share"])
        for row in rows
        if row["period_kind"] == "day"
    }
    expected = {}
    for basis in BASES:
        by_destination = leavers(listed, MARKET, OPERATOR, basis)
        total = by_destination.total()
        for destination, ports in by_destination.items():
            part = share(ports, total)
            assert part is not None
            half_up = int(part * 10**6 + Fraction(1, 2)) / 10**6
            expected[basis, destination] = (ports, total, half_up)
    assert {key: (*value[:2], float(value[2])) for key, value in found.items()} == expected
    months = {
        (row["basis"], row["recipient"]): (row["ports"], row["total_ports"])
        for row in rows
        if row["period_kind"] == "month"
    }
    assert months == {key: value[:2] for key, value in expected.items()}
