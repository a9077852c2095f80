"""Hazard by contract month by the SQL against contracts followed day by day."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.oracles.models_in_memory import Tables
from tests.unit.oracles.survival import Z, exposure_by_month

CONTRACTS = 10_000
GROUPS = 60
OPENING = date(2023, 12, 31)
AS_OF = date(2025, 2, 28)

TABLES = Tables(
    {
        "int_delivery_facts": "observed_from date, as_of_date date",
        "int_survival_origins": (
            "time_origin varchar, line_kinds varchar, own_brand_only boolean, "
            "departure_kinds varchar, min_at_risk bigint, interval_z double"
        ),
        "stg_operator__contracts": (
            "line_key bigint, contract_kind varchar, term_months bigint, signed_on date, "
            "ended_on date"
        ),
        "int_line_spells_past": (
            "line_key bigint, spell_number bigint, line_kind varchar, is_own_brand boolean, "
            "terminated_on date, termination_kind varchar, rejoined_on date"
        ),
        "stg_operator__lines": (
            "line_key bigint, line_kind varchar, is_own_brand boolean, last_recontract_on date, "
            "terminated_on date, termination_kind varchar"
        ),
    }
)


def some_day(state: random.Random, first: date, last: date) -> date:
    """Any day, month ends as often as all other days together."""
    day = first + timedelta(state.randint(0, (last - first).days))
    if state.random() < 0.5:
        day = (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(state.randint(0, 3))
    return min(max(day, first), last)


def drawn(state: random.Random, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A contract and its line: replaced, ended, signed again on its last day, or running."""
    signed_on = some_day(state, date(2022, 10, 1), AS_OF)
    replaced_on = some_day(state, signed_on, AS_OF) if state.random() < 0.3 else None
    if replaced_on == signed_on:
        replaced_on = None
    terminated_on = some_day(state, signed_on, AS_OF) if state.random() < 0.5 else None
    if terminated_on and replaced_on and replaced_on > terminated_on:
        replaced_on = None
    contract = {
        "line_key": number,
        "contract_kind": f"kind_{number % GROUPS:02}",
        "term_months": 12,
        "signed_on": signed_on,
        # The operator says when a contract ended, or only that the line signed again.
        "ended_on": state.choice([replaced_on, None]) if replaced_on else terminated_on,
    }
    line = {
        "line_key": number,
        "line_kind": "handset" if state.random() < 0.9 else "iot",
        "is_own_brand": state.random() < 0.9,
        "last_recontract_on": replaced_on,
        "terminated_on": terminated_on,
        "termination_kind": (
            state.choice(["port_out", "voluntary", "forced"]) if terminated_on else None
        ),
    }
    return contract, line


@pytest.fixture(scope="module")
def generated():
    state = random.Random(2016)
    pairs = [drawn(state, number) for number in range(CONTRACTS)]
    TABLES.fill_many(
        {
            "int_delivery_facts": [{"observed_from": OPENING + timedelta(1), "as_of_date": AS_OF}],
            "int_survival_origins": [
                {
                    "time_origin": "contract",
                    "line_kinds": "|handset|",
                    "own_brand_only": True,
                    "departure_kinds": "|port_out|voluntary|",
                    "min_at_risk": 20,
                    "interval_z": Z,
                }
            ],
            "stg_operator__contracts": [contract for contract, _ in pairs],
            "int_line_spells_past": [],
            "stg_operator__lines": [line for _, line in pairs],
        }
    )
    return pairs, TABLES.build(
        "int_contracts_followed", "int_contracts_observed", "rpt_hazard_by_contract_month"
    )


def test_every_day_of_exposure_and_every_departure_is_in_its_month(generated) -> None:
    pairs, rows = generated
    exposure: defaultdict[tuple[str, int], float] = defaultdict(float)
    departures: Counter[tuple[str, int]] = Counter()
    for contract, line in pairs:
        if line["line_kind"] != "handset" or not line["is_own_brand"]:
            continue
        last_on = min(line["terminated_on"] or AS_OF, AS_OF)
        replaced_on = line["last_recontract_on"]
        if replaced_on and replaced_on > contract["signed_on"]:
            last_on = min(last_on, replaced_on - timedelta(1))
        months = exposure_by_month(contract["signed_on"], OPENING + timedelta(1), last_on)
        for month, part in months.items():
            exposure[contract["contract_kind"], month] += part
        if months and last_on == line["terminated_on"] and line["termination_kind"] != "forced":
            departures[contract["contract_kind"], max(months)] += 1
    found = {(row["contract_kind"], row["contract_month"]): row for row in rows}
    assert set(found) == set(exposure)
    assert max(month for _, month in found) > 24
    for key, row in found.items():
        assert float(row["line_months"]) == pytest.approx(exposure[key], abs=1e-5), key
        assert row["departures"] == departures[key], key
        if exposure[key] > 20.001:
            assert float(row["hazard"]) == pytest.approx(departures[key] / exposure[key], abs=1e-7)
        elif exposure[key] < 19.999:
            assert row["hazard"] is None, key


def test_the_interval_is_nearly_the_exact_one_of_a_poisson_count(generated) -> None:
    chi2 = pytest.importorskip("scipy.stats").chi2
    _, rows = generated
    tail = 0.025
    for row in rows:
        if row["hazard"] is None:
            continue
        count, base = row["departures"], float(row["line_months"])
        low = chi2.ppf(tail, 2 * count) / 2 / base if count else 0.0
        high = chi2.ppf(1 - tail, 2 * count + 2) / 2 / base
        assert float(row["hazard_high"]) == pytest.approx(high, rel=0.01)
        if count >= 5:
            assert float(row["hazard_low"]) == pytest.approx(low, rel=0.01)
        assert 0 <= row["hazard_low"] <= row["hazard"] <= row["hazard_high"]
