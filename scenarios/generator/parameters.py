"""Loads a scenario and its plan into the workshop: variables for scalars, tables for lists.

Belongs here: naming and shaping of parameters for the scripts. Does not belong here: rounding
(`apportionment`), counting (`planning`), single cases (`cases`) and making rows (the scripts).
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa

from scenarios.generator import cases
from scenarios.generator.registers import MVNO_GROUP
from scenarios.generator.scenario import HOSTED, OWN, ScenarioError, exact

if TYPE_CHECKING:
    from scenarios.generator.database import Workshop
    from scenarios.generator.departures import PortPlan
    from scenarios.generator.planning import LinePlan, Planner

DATE, TEXT, WHOLE, REAL, FLAG = pa.date32(), pa.string(), pa.int64(), pa.float64(), pa.bool_()


def load(workshop: Workshop, planner: Planner) -> None:
    """Everything the scripts ask for, in one go."""
    scalars = dict(planner.scenario.scalars())
    outs, ends = planner.port_outs(), planner.terminations()
    left = {
        "numbers.port_outs": sum(plan.n for plan in outs),
        "numbers.terminated": max(1, sum(plan.n for plan in outs) + sum(plan.n for plan in ends)),
    }
    workshop.set_variables(scalars | _derived(planner) | _counts(planner) | left)
    _plan(workshop, planner, outs, ends)
    _populations(workshop, planner)
    _decks(workshop, planner)
    cases.load(workshop, planner)


def _derived(planner: Planner) -> dict[str, object]:
    scenario = planner.scenario
    return {
        "operator": planner.registers.operator,
        "mvno_group": MVNO_GROUP,
        "own_handset": population_of(planner, OWN, "handset"),
        "hosted_handset": population_of(planner, HOSTED, "handset"),
        "imsi_prefixes": [int(prefix) for prefix in scenario.get("identifiers.imsi_prefixes")],
        "dirt.late_from": scenario.get("dirt.late_days")[0],
        "dirt.late_to": scenario.get("dirt.late_days")[1],
        "numbers.companies": planner.scaled(scenario.get("customers.companies")),
    }


def population_of(planner: Planner, brand_class: str, line_kind: str) -> str:
    """Find the one population of a brand class and kind of line."""
    names = [
        name
        for name, population in planner.scenario.get("populations").items()
        if population["brands"] == brand_class and population["line_kind"] == line_kind
    ]
    if len(names) != 1:
        raise ScenarioError(
            f"populations has {len(names)} entries of {line_kind} lines of {brand_class} brands: "
            "give exactly one"
        )
    return str(names[0])


def _counts(planner: Planner) -> dict[str, object]:
    scenario, scaled = planner.scenario, planner.scaled
    exposed = cases.statements(planner)[-1]
    rows = {
        "exposed": exposed[2],
        "victims": exposed[4],
        "exposed_leavers": scaled(
            scenario.get("breach.exposed_leaver_share") * exposed[2] / float(planner.scale)
        ),
        "cases": max(scaled(scenario.get("breach.cases")), exposed[4]),
        "unauthorised_krw": scaled(scenario.get("breach.unauthorised_krw")),
        "dismissed": scaled(scenario.get("breach.dismissed_cases")),
        "legitimate_payments": scaled(scenario.get("breach.legitimate_payments")),
        # The attack needs more than one point, whatever the scale.
        "rogue": max(2, scaled(scenario.get("breach.rogue_access_points"))),
        "femtocells": scaled(scenario.get("network.femtocells")),
        "macro_cells": scaled(scenario.get("network.macro_cells")),
        "reported_points": scaled(scenario.get("network.reported_points")),
        "reversed": scaled(scenario.get("porting.reversed")),
        "wrongly_rejected": scaled(scenario.get("waiver.wrongly_rejected")),
        "wrongly_accepted": scaled(scenario.get("waiver.wrongly_accepted")),
        "insurance_claims": scaled(scenario.get("benefits.insurance_claims")),
    }
    late = {f"late_rows.{k}": scaled(n) for k, n in scenario.get("dirt.late_rows").items()}
    faults = {kind: scaled(n) for kind, n in scenario.get("benefits.faults").items()}
    return {f"count.{key}": value for key, value in {**rows, **late, **faults}.items()}


def _plan(workshop: Workshop, planner: Planner, outs: list[PortPlan], ends: list[LinePlan]) -> None:
    workshop.create_table(
        "plan.port_outs",
        {
            "processed_on": DATE,
            "destination": TEXT,
            "brand_class": TEXT,
            "n": WHOLE,
            "n_incident": WHOLE,
            "n_waited": WHOLE,
            "n_pulled_forward": WHOLE,
        },
        [
            (
                p.processed_on,
                p.destination,
                p.brand_class,
                p.n,
                p.n_incident,
                p.n_waited,
                p.n_pulled_forward,
            )
            for p in outs
        ],
    )
    workshop.create_table(
        "plan.counterfactual_ports",
        {"processed_on": DATE, "destination": TEXT, "brand_class": TEXT, "expected": REAL},
        [(*cell, float(n)) for cell, n in planner.counterfactual().items()],
    )
    workshop.create_table(
        "plan.port_ins",
        {
            "processed_on": DATE,
            "donor_group": TEXT,
            "brand_class": TEXT,
            "is_exodus": FLAG,
            "n": WHOLE,
        },
        [
            (p.processed_on, p.donor_group, p.brand_class, p.is_exodus, p.n)
            for p in planner.port_ins()
        ],
    )
    line_columns = {"day": DATE, "population": TEXT, "kind": TEXT, "n": WHOLE}
    for name, plans in (
        ("plan.terminations", ends),
        ("plan.new_lines", planner.new_lines()),
    ):
        workshop.create_table(
            name, line_columns, [(p.day, p.population, p.kind, p.n) for p in plans]
        )
    workshop.create_table(
        "plan.quiet_changes",
        {"change_kind": TEXT, "n": WHOLE},
        [
            (kind, planner.scaled(n))
            for kind, n in planner.scenario.get("lines.quiet_changes").items()
        ],
    )
    workshop.create_table(
        "plan.queue",
        {"processed_on": DATE, "requested_on": DATE, "share_from": REAL, "share_to": REAL},
        [(p.processed_on, p.requested_on, p.share_from, p.share_to) for p in planner.queue()],
    )
    workshop.create_table(
        "plan.calendar",
        {"day": DATE, "is_processing_day": FLAG},
        [
            (day, planner.registers.is_processing_day(day))
            for day in [planner.first - dt.timedelta(days=1), *planner.days]
        ],
    )


def _populations(workshop: Workshop, planner: Planner) -> None:
    populations = planner.scenario.get("populations")
    workshop.create_table(
        "plan.populations",
        {
            "position": WHOLE,
            "population": TEXT,
            "lines": WHOLE,
            "line_kind": TEXT,
            "brand_class": TEXT,
            "contract_share": REAL,
            "persons_per_line": REAL,
            "company_share": REAL,
        },
        [
            (
                position,
                name,
                planner.scaled(p["lines"]),
                p["line_kind"],
                p["brands"],
                float(p["contract_share"]),
                float(p["persons_per_line"]),
                float(p["company_share"]),
            )
            for position, (name, p) in enumerate(populations.items())
        ],
    )
    hosted = set(planner.scenario.get("brands.hosted_brands"))
    workshop.create_table(
        "plan.brands_on_network",
        {"brand_code": TEXT},
        [(code,) for code in sorted({planner.registers.operator, *hosted})],
    )
    workshop.create_table(
        "plan.plans",
        {"plan_code": TEXT, "monthly_fee_krw": WHOLE, "is_unlimited_data": FLAG},
        [
            (row["plan_code"], int(row["monthly_fee_krw"]), row["is_unlimited_data"] == "true")
            for row in planner.registers.plans
        ],
    )


def _decks(workshop: Workshop, planner: Planner) -> None:
    scenario = planner.scenario
    populations = scenario.get("populations")
    classes = scenario.get("contracts.classes")
    decks: dict[str, dict[str, float]] = {
        "hosted_brands": scenario.get("brands.hosted_brands"),
        "other_mvno_brands": scenario.get("brands.other_mvno_brands"),
        "donors": scenario.get("lines.donors"),
        "destinations": scenario.get("porting.destinations"),
        "regions": scenario.get("customers.regions"),
        "breach_regions": scenario.get("breach.regions"),
        "partners": {key: row[0] for key, row in scenario.get("benefits.partners").items()},
    }
    for position, brand_class in ((3, OWN), (4, HOSTED)):
        decks[f"contract_classes_{brand_class}"] = {
            key: row[position] for key, row in classes.items() if row[position]
        }
        decks[f"port_out_populations_{brand_class}"] = {
            name: p["port_out_share"]
            for name, p in populations.items()
            if p["brands"] == brand_class and p["port_out_share"]
        }
    for name, p in populations.items():
        source = (
            "hosted_plans"
            if p["brands"] == HOSTED
            else "own_plans"
            if p["line_kind"] == "handset"
            else f"{p['line_kind']}_plans"
        )
        decks[f"plans_{name}"] = scenario.get(f"brands.{source}")
    _check_codes(planner, decks)
    workshop.create_table(
        "decks",
        {"deck": TEXT, "slot": pa.int16(), "code": TEXT},
        [
            (deck, slot, code)
            for deck, shares in decks.items()
            for slot, code in enumerate(planner.cards(shares))
        ],
    )
    ages = scenario.get("customers.ages")
    edges = [Fraction(0)]
    for _, _, share in ages:
        edges.append(edges[-1] + exact(share))
    whole = edges[-1]
    workshop.create_table(
        "plan.ages",
        {"slot": pa.int16(), "from_age": WHOLE, "to_age": WHOLE},
        [
            (slot, row[0], row[1])
            for row, (low, high) in zip(ages, pairwise(edges), strict=True)
            for slot in range(round(low / whole * 1000), round(high / whole * 1000))
        ],
    )


def _check_codes(planner: Planner, decks: dict[str, dict[str, float]]) -> None:
    """Refuse a code that no register knows: it would only show as a quarantined export."""
    carriers = {row["carrier_code"] for row in planner.registers.carriers} | {MVNO_GROUP}
    plans = {row["plan_code"] for row in planner.registers.plans}
    for deck, shares in decks.items():
        known = plans if deck.startswith("plans_") else carriers
        if deck.startswith("plans_") or deck in {
            "hosted_brands",
            "other_mvno_brands",
            "donors",
            "destinations",
        }:
            strangers = sorted(set(shares) - known)
            if strangers:
                raise ScenarioError(
                    f"the scenario names {', '.join(strangers)} ({deck}), which the reference "
                    "registers do not have: add them to the register or correct the scenario"
                )
