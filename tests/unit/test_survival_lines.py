"""Clocks of lines and cohorts by the SQL against lines asked one by one, ten thousand of them."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.oracles.models_in_memory import Tables
from tests.unit.oracles.survival import followed

LINES = 10_000
OBSERVED = date(2030, 1, 15), date(2030, 6, 20)
DISCLOSED = {"A": date(2030, 3, 1), "before": date(2030, 1, 10), "last_day": OBSERVED[1]}

TABLES = Tables(
    {
        "dim_lines": (
            "line_key bigint, line_kind varchar, is_own_brand boolean, exposure_class varchar, "
            "contract_kind varchar, plan_tier varchar, age_band varchar, region varchar, "
            "activated_on date, terminated_on date, "
            "termination_kind varchar"
        ),
        "int_line_spells_past": (
            "line_key bigint, spell_number bigint, line_kind varchar, is_own_brand boolean, "
            "activated_on date, terminated_on date, termination_kind varchar"
        ),
        "int_line_spells": "activated_on date, terminated_on date, termination_kind varchar",
        "fct_deactivations": (
            "line_key bigint, spell_number bigint, deactivated_on date, recipient_carrier varchar"
        ),
        "dim_carriers": "carrier_code varchar, published_group varchar",
        "int_delivery_facts": "observed_from date, as_of_date date",
        "int_survival_origins": (
            "time_origin varchar, incident_id varchar, started_on date, line_kinds varchar, "
            "own_brand_only boolean"
        ),
        "ref_processing_calendar": "calendar_date date",
    }
)


def drawn(state: random.Random, number: int) -> dict[str, Any]:
    """A line around the edges of what is observed and of the disclosures."""
    first, last = OBSERVED
    edges = [first - timedelta(1), first, last, *DISCLOSED.values()]
    activated_on = first + timedelta(state.randint(-120, (last - first).days))
    if state.random() < 0.3:
        activated_on = state.choice(edges) - timedelta(state.randint(0, 1))
    terminated_on = None
    if state.random() < 0.6:
        terminated_on = activated_on + timedelta(state.choice([0, 1, state.randint(0, 200)]))
        if state.random() < 0.2:
            terminated_on = max(activated_on, state.choice(edges))
        terminated_on = terminated_on if terminated_on <= last else None
    kinds = ["port_out", "voluntary", "forced", "deceased"]
    return {
        "line_key": number,
        "spell_number": 1,
        "is_newest": True,
        "line_kind": state.choice(["handset", "handset", "iot"]),
        "is_own_brand": state.random() < 0.8,
        "exposure_class": state.choice(["victim", "exposed", "neither"]),
        "contract_kind": state.choice(["none", "device_subsidy"]),
        "age_band": state.choice(["20_29", "65_74", None]),
        "activated_on": activated_on,
        "terminated_on": terminated_on,
        "termination_kind": state.choice(kinds) if terminated_on else None,
        "recipient_carrier": state.choice(["RIVAL", "LITE", None]),
    }


def used_again(line: dict[str, Any], next_line: dict[str, Any]) -> None:
    """Make a line that ended an earlier time in service of the next id; some end on one day."""
    if line["terminated_on"]:
        taken = ("line_key", "exposure_class", "contract_kind", "age_band")
        line.update({name: next_line[name] for name in taken}, is_newest=False)
        next_line["spell_number"] = 2
        if next_line["activated_on"] <= line["terminated_on"]:
            next_line.update({name: line[name] for name in ("terminated_on", "termination_kind")})


@pytest.fixture(scope="module")
def lines():
    state = random.Random(20300115)
    population = [drawn(state, number) for number in range(LINES)]
    for number in range(0, LINES, 10):
        used_again(population[number], population[number + 1])
    first, last = OBSERVED
    rule = {"line_kinds": "|handset|", "own_brand_only": True}
    days = range((last - first).days + 60)
    TABLES.fill_many(
        {
            "dim_lines": [line for line in population if line["is_newest"]],
            "int_line_spells_past": [line for line in population if not line["is_newest"]],
            "int_line_spells": population,
            "fct_deactivations": [
                {**line, "deactivated_on": line["terminated_on"]}
                for line in population
                if line["terminated_on"] and line["terminated_on"] >= first
            ],
            "dim_carriers": [
                {"carrier_code": "RIVAL", "published_group": "RIVAL"},
                {"carrier_code": "LITE", "published_group": "MVNO"},
            ],
            "int_delivery_facts": [{"observed_from": first, "as_of_date": last}],
            "int_survival_origins": [
                {"time_origin": "activation", "incident_id": "none", "started_on": None, **rule},
                *(
                    {"time_origin": "disclosure", "incident_id": name, "started_on": day, **rule}
                    for name, day in DISCLOSED.items()
                ),
            ],
            "ref_processing_calendar": [
                {"calendar_date": first - timedelta(30) + timedelta(day)} for day in days
            ],
        }
    )
    return population


def changes_of(line: dict[str, Any], disclosed_on: date | None) -> list[tuple[int, str, str]]:
    """The day on which the line comes under observation, and that on which it leaves it."""
    kind = line["termination_kind"] or "censored"
    groups = {"RIVAL": "RIVAL", "LITE": "MVNO", None: "unknown"}
    recipient = groups[line["recipient_carrier"]] if kind == "port_out" else "none"
    clock = followed(line["activated_on"], line["terminated_on"], kind, OBSERVED, disclosed_on)
    if clock is None:
        return []
    return [(clock.first_day, "entered", "none"), (clock.last_day, kind, recipient)]


def test_every_line_comes_and_goes_on_its_own_clock(lines) -> None:
    expected: Counter[tuple[Any, ...]] = Counter()
    for line in lines:
        if line["line_kind"] != "handset" or not line["is_own_brand"]:
            continue
        strata = {
            "total": "total",
            "exposure_class": line["exposure_class"],
            "contract_kind": line["contract_kind"],
            "age_band": line["age_band"] or "unknown",
        }
        clocks = {("activation", "none"): None}
        clocks |= {("disclosure", name): day for name, day in DISCLOSED.items()}
        for clock, disclosed_on in clocks.items():
            for change in changes_of(line, disclosed_on):
                for stratum in strata.items():
                    expected[(*clock, *stratum, *change)] += 1
    found = {
        (
            row["time_origin"],
            row["incident_id"],
            row["stratum_kind"],
            row["stratum"],
            row["day_number"],
            row["change_kind"],
            row["recipient"],
        ): row["lines"]
        for row in TABLES.build("fct_risk_set_changes")
    }
    assert len(expected) > 5000
    assert found == dict(expected)


def test_every_cohort_is_counted_line_by_line(lines) -> None:
    first, last = OBSERVED
    observed = [x for x in lines if x["terminated_on"] is None or x["terminated_on"] >= first]
    rows = TABLES.build("int_line_cohorts_counted", "rpt_retention_cohorts")
    months = [date(2030, month, 1) for month in range(1, 7)]
    cohorts = {line["activated_on"].replace(day=1) for line in observed}
    assert {(row["activation_month"], row["service_month"]) for row in rows} == {
        (cohort, month) for cohort in cohorts for month in months if cohort <= month
    }
    for row in rows:
        cohort, month = row["activation_month"], row["service_month"]
        of_cohort = [x for x in observed if x["activated_on"].replace(day=1) == cohort]
        lost = [
            x
            for x in of_cohort
            if x["terminated_on"] and x["terminated_on"].replace(day=1) == month
        ]
        gone = [
            x
            for x in of_cohort
            if x["terminated_on"] and x["terminated_on"].replace(day=1) <= month
        ]
        assert row["lines_at_start"] == len(of_cohort)
        assert row["lines_lost"] == len(lost)
        assert row["forced_lines_lost"] == sum(x["termination_kind"] == "forced" for x in lost)
        assert row["lines_retained"] == len(of_cohort) - len(gone)
        assert float(row["retention_rate"]) == pytest.approx(
            1 - len(gone) / len(of_cohort), abs=1e-8
        )
        assert row["months_since"] == (12 * (month.year - cohort.year) + month.month - cohort.month)
        assert row["is_left_truncated"] == (cohort < first)
        assert row["is_complete"] == (first <= month < last.replace(day=1))
