"""The cost of an incident by the SQL against an independent oracle, thousands of cases at once.

Belongs here: the range and the ranking of assumptions. Does not belong here:
branches on a few given rows (the dbt unit tests of the folder).
"""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.unit.oracles import incident_cost as oracle
from tests.unit.oracles.incident_cost_sql import Bulk

if TYPE_CHECKING:
    from collections.abc import Mapping

    Row = dict[str, Any]

CASES = 10_000
AS_OF = date(2026, 3, 31)

CHAIN = (
    "int_cost_line_rates",
    "fct_cost_settings",
    "fct_revenue_forgone",
    "fct_cost_line_settings",
    "fct_incident_cost_lines",
)


LINES = {
    "refunds": ("refund", "revenue", ""),
    "data": ("data", "cost", "take_up_rate|utilisation_rate|redemption_cost_krw"),
    "premiums": ("insurance", "cost", ""),
    "plant": ("investment", "asset", "take_up_rate"),
    "forgone": (None, "revenue", ""),
}
COUNTED = frozenset({"refunds", "data", "premiums", "forgone"})
FORGONE = (
    "billed_fee_share",
    "unavoidable_cost_share",
    "excess_attributed_share",
    "forgone_months",
)


def three(draw: random.Random, parameter: str) -> tuple[Decimal, Decimal, Decimal]:
    """Low, base and high of a parameter, boundaries included: nought, one, no range."""
    if parameter == "forgone_months":
        values = [Decimal(draw.randrange(37)) for _ in range(3)]
    elif parameter in {"unit_cost_krw", "redemption_cost_krw"}:
        values = [Decimal(draw.randrange(0, 6_000)) / 10 for _ in range(3)]
    else:
        values = [
            Decimal(draw.choice((0, 500, 5_000, 10_000, draw.randrange(500, 10_001)))) / 10_000
            for _ in range(3)
        ]
    low, base, high = sorted(values)
    return (base, base, base) if draw.random() < 0.1 else (low, base, high)


def incident(draw: random.Random, name: str) -> oracle.Incident:
    """An incident with a few programmes, their assumptions, and mostly an excess of leavers."""
    programmes, assumptions = [], []
    for number, line in enumerate(draw.sample(["refunds", "data", "premiums", "plant", "data"], 3)):
        programme = f"{name}-p{number}"
        estimate = draw.choice((None, f"{programme}-estimate", f"{programme}-take_up_rate"))
        to_come = sorted(draw.choice((0, draw.randrange(10**9))) for _ in range(3))
        programmes.append(
            oracle.Programme(
                programme=programme,
                cost_line=line,
                incurred=draw.choice((0, 1, draw.randrange(10**9))),
                to_come=(to_come[0], to_come[1], to_come[2]),
                estimate=estimate,
                moves_with=frozenset(LINES[line][2].split("|")),
            )
        )
        for parameter in (
            "unit_cost_krw",
            "take_up_rate",
            "utilisation_rate",
            "redemption_cost_krw",
        ):
            if draw.random() < 0.6:
                values = three(draw, parameter)
                assumptions.append(
                    oracle.Assumption(f"{programme}-{parameter}", parameter, programme, *values)
                )
    leavers = []
    if draw.random() < 0.8:
        for parameter in FORGONE:
            values = three(draw, parameter)
            assumptions.append(oracle.Assumption(f"{name}-{parameter}", parameter, None, *values))
        leavers = [
            oracle.Leavers(fee, draw.randrange(20_000), draw.randrange(20_000_000))
            for fee in draw.sample((0, 1, 33_001, 55_000, 90_000), 2)
        ]
    return oracle.Incident(programmes, assumptions, leavers)


def rows_of(cases: Mapping[str, oracle.Incident]) -> dict[str, list[Row]]:
    """Incidents as the inputs of the models."""
    fees = (0, 1, 33_001, 55_000, 90_000)
    return {
        "fct_programme_outlook": [
            {
                "programme_id": each.programme,
                "incident_id": name,
                "cost_line": each.cost_line,
                "treatment": LINES[each.cost_line][1],
                "announced_krw": None,
                "incurred_krw": each.incurred,
                "outstanding_krw": 0,
                "to_come_low_krw": each.to_come[0],
                "to_come_base_krw": each.to_come[1],
                "to_come_high_krw": each.to_come[2],
                "estimate_driver_id": each.estimate,
            }
            for name, case in cases.items()
            for each in case.programmes
        ],
        "int_cost_assumptions_known": [
            {
                "incident_id": name,
                "programme_id": each.programme,
                "parameter": each.parameter,
                "assumption_id": each.assumption_id,
                "low": each.low,
                "base": each.base,
                "high": each.high,
            }
            for name, case in cases.items()
            for each in case.assumptions
        ],
        "int_excess_leavers": [
            {
                "incident_id": name,
                "plan_code": f"plan{each.fee}",
                "days": 11,
                "leavers": each.leavers,
                "expected_thousandths": each.expected_thousandths,
                "excess_thousandths": 1000 * each.leavers - each.expected_thousandths,
            }
            for name, case in cases.items()
            for each in case.leavers
        ],
        "ref_plans": [{"plan_code": f"plan{fee}", "monthly_fee_krw": fee} for fee in fees],
        "ref_cost_lines": [
            {
                "cost_line": line,
                "line_order": number,
                "programme_kinds": kind,
                "treatment_code": effect if kind is None else None,
                "use_parameters": moves_with or None,
                "fx_claim_id": "W" if line == "refunds" else None,
                "is_sampled": True,
            }
            for number, (line, (kind, effect, moves_with)) in enumerate(LINES.items())
        ],
        "ref_fx_rates": [
            {
                "rate_id": claim or "day",
                "claim_id": claim,
                "rate_on": AS_OF,
                "currency": "USD",
                "krw_per_unit": rate,
                "known_from": AS_OF,
            }
            for claim, rate in (("W", "1447.18"), (None, "1439.5"))
        ],
        "ref_accounting_treatments": [
            {"treatment_code": effect, "statement_effect": effect}
            for effect in ("revenue", "cost", "asset")
        ],
        "int_delivery_facts": [{"as_of_date": AS_OF, "sample_rate": 1}],
    }


def test_cost_range_and_ranking_are_those_of_the_definition() -> None:
    draw = random.Random(13)
    cases = {f"i{number}": incident(draw, f"i{number}") for number in range(1_500)}
    tables = Bulk()
    tables.load(rows_of(cases))
    lines = tables.build(*CHAIN)
    totals = {
        row["incident_id"]: row for row in tables.build("rpt_incident_cost") if row["is_total"]
    }
    found: dict[str, list[Row]] = {}
    for row in tables.build("rpt_cost_sensitivity"):
        found.setdefault(row["incident_id"], []).append(row)

    base, low, high = (
        {name: case.cost(moved, side) for name, case in cases.items()}
        for moved, side in (("none", "base"), ("all", "low"), ("all", "high"))
    )
    rates = {True: Decimal("1447.18"), False: Decimal("1439.5")}
    for row in lines:
        name, line = row["incident_id"], row["cost_line"]
        won = base[name].get(line, 0)
        expected = (
            won,
            min(low[name].get(line, 0), won),
            max(high[name].get(line, 0), won),
            oracle.dollars(won, rates[line == "refunds"]),
        )
        seen = (row["krw"], row["low_krw"], row["high_krw"], row["usd"])
        assert seen == expected, (name, line)
        assert row["is_in_total_cost"] == (line in COUNTED) or won == 0, (name, line)

    compared = 0
    for name, case in cases.items():
        ranking = case.ranking(COUNTED)
        rows = sorted(found[name], key=lambda row: row["swing_rank"])
        assert [
            (row["driver_id"], row["total_low_krw"], row["total_high_krw"], row["swing_krw"])
            for row in rows
        ] == ranking, name
        assert [row["is_top_three"] for row in rows] == [
            number < 3 and swing > 0 for number, (*_, swing) in enumerate(ranking)
        ]
        assert {row["total_base_krw"] for row in rows} == {totals[name]["krw"]}
        assert totals[name]["krw"] == case.total("none", "base", COUNTED)
        compared += len(rows)
    assert compared >= CASES
