"""The fee SQL against an independent oracle, on generated contracts and on every boundary."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles import fees
from tests.unit.oracles.fees_and_eligibility_sql import run_models, seed_rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


RULES = [
    fees.FeeRule(
        rule_id=row["rule_id"],
        contract_kind=row["contract_kind"],
        brand_class=row["brand_class"],
        term_months=int(row["term_months"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        method=row["method"],
        base_amount=row["base_amount"],
        grace_days=int(row["grace_days"]),
        days_per_month=int(row["days_per_month"]),
        step_table_id=row["step_table_id"],
    )
    for row in seed_rows("ref_fee_rules")
]
STEPS = [
    fees.Step(
        row["step_table_id"], int(row["from_month"]), int(row["to_month"]), int(row["rate_percent"])
    )
    for row in seed_rows("ref_fee_steps")
]
BRANDS = {row["carrier_class"]: row["carrier_code"] for row in seed_rows("ref_carriers")}

Case = tuple[fees.Contract, str, date]


def recomputed(cases: list[Case]) -> list[tuple[str | None, int | None]]:
    """Rule and fee of each case by the SQL, in the order of the cases."""
    lines: list[tuple[Any, ...]] = [
        (key, BRANDS[brand], terminated_on) for key, (_, brand, terminated_on) in enumerate(cases)
    ]
    contracts: list[tuple[Any, ...]] = [
        (
            *(f"K{key}", key, contract.contract_kind, contract.signed_on, contract.term_months),
            *(contract.term_days, contract.monthly_discount_krw, contract.subsidy_krw),
            contract.ended_on,
        )
        for key, (contract, _, _) in enumerate(cases)
    ]
    inputs = {"intermediate.int_lines_ended": lines, "staging.stg_operator__contracts": contracts}
    (rows,) = run_models("2026-03-31", inputs, ["int_contract_fees_recomputed"])
    by_line = {row["line_key"]: (row["rule_id"], row["recomputed_krw"]) for row in rows}
    assert len(rows) == len(cases)
    return [by_line[key] for key in range(len(cases))]


def expected(case: Case) -> tuple[str | None, int | None]:
    """Rule and fee of a case by the oracle."""
    contract, brand, terminated_on = case
    rule = fees.rule_in_force(contract, brand, RULES)
    return (
        rule.rule_id if rule else None,
        fees.fee_owed(contract, terminated_on, rule, STEPS),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Contracts of every kind, on both sides of each change of rule, left at any time."""
    kind = draw(st.sampled_from(["selective_discount", "device_subsidy"]))
    term_months, term_days = draw(st.sampled_from([(24, 730), (12, 365), (24, 720), (36, 1095)]))
    changes = sorted({day for rule in RULES for day in (rule.valid_from, rule.valid_to) if day})
    signed_on = draw(
        st.one_of(
            st.dates(date(2014, 1, 1), date(2026, 3, 1)),
            st.builds(
                lambda day, off: day + timedelta(days=off),
                st.sampled_from(changes),
                st.integers(-1, 1),
            ),
        )
    )
    edges = [0, 90, 91, 180, 181, 359, 360, 361, term_days - 1, term_days]
    days = draw(st.one_of(st.integers(-5, 1200), st.sampled_from(edges)))
    terminated_on = signed_on + timedelta(days=days)
    ended = draw(st.one_of(st.none(), st.integers(-3, 3)))
    contract = fees.Contract(
        contract_kind=kind,
        signed_on=signed_on,
        term_months=term_months,
        term_days=term_days,
        monthly_discount_krw=draw(st.integers(0, 40_000)) if kind == "selective_discount" else 0,
        subsidy_krw=draw(st.integers(0, 1_000_000)) if kind == "device_subsidy" else 0,
        ended_on=None if ended is None else terminated_on + timedelta(days=ended),
    )
    return contract, draw(st.sampled_from(["mno", "mvno"])), terminated_on


@settings(max_examples=12, deadline=None)
@given(st.lists(cases(), min_size=20, max_size=120))
def test_sql_and_oracle_agree_on_generated_contracts(generated: list[Case]) -> None:
    assert recomputed(generated) == [expected(case) for case in generated]


def drawn(draw: random.Random) -> Case:
    """A contract as the strategy above makes them, drawn quickly, on a boundary as often as not."""
    kind = draw.choice(["selective_discount", "device_subsidy"])
    term_months, term_days = draw.choice([(24, 730), (12, 365), (24, 720), (36, 1095)])
    changes = sorted({day for rule in RULES for day in (rule.valid_from, rule.valid_to) if day})
    signed_on = (
        draw.choice(changes) + timedelta(days=draw.randint(-1, 1))
        if draw.random() < 0.5
        else date(2014, 1, 1) + timedelta(days=draw.randrange(4_400))
    )
    edges = [-1, 0, 29, 30, 90, 91, 180, 181, 359, 360, 361, term_days - 1, term_days]
    days = draw.choice(edges) if draw.random() < 0.5 else draw.randint(-5, 1200)
    terminated_on = signed_on + timedelta(days=days)
    contract = fees.Contract(
        contract_kind=kind,
        signed_on=signed_on,
        term_months=term_months,
        term_days=term_days,
        monthly_discount_krw=draw.randint(0, 40_000) if kind == "selective_discount" else 0,
        subsidy_krw=draw.randint(0, 1_000_000) if kind == "device_subsidy" else 0,
        ended_on=(
            terminated_on + timedelta(days=draw.randint(-3, 3)) if draw.random() < 0.3 else None
        ),
    )
    return contract, draw.choice(["mno", "mvno"]), terminated_on


def test_sql_and_oracle_agree_on_twelve_thousand_contracts() -> None:
    draw = random.Random(20251230)
    generated = [drawn(draw) for _ in range(12_000)]
    found = recomputed(generated)
    right = [expected(case) for case in generated]
    wrong = [
        (case, sql, oracle)
        for case, sql, oracle in zip(generated, found, right, strict=True)
        if sql != oracle
    ]
    assert not wrong, wrong[:3]
    assert len(found) == 12_000
    # Every rule, no rule, nothing owed and something owed: the draw has reached them.
    assert {rule for rule, _ in right} == {None, *(rule.rule_id for rule in RULES)}
    assert {krw is None or krw > 0 for _, krw in right} == {True, False}


def selective(days: int, *, months: int = 24, brand: str = "mno") -> Case:
    """A discount contract of 10,000 won a month, left after some days."""
    signed_on = date(2024, 3, 1)
    term_days = 730 if months == 24 else 365
    contract = fees.Contract("selective_discount", signed_on, months, term_days, 10_000, 0, None)
    return contract, brand, signed_on + timedelta(days=days)


def subsidy(days: int, *, signed_on: date = date(2024, 3, 1)) -> Case:
    """A subsidy of 500,000 won over 24 months, left after some days."""
    contract = fees.Contract("device_subsidy", signed_on, 24, 730, 0, 500_000, None)
    return contract, "mno", signed_on + timedelta(days=days)


@pytest.mark.parametrize(
    ("case", "krw"),
    [
        # 24 months: 6 discounts until day 180 in full, then 550 days of decline.
        (selective(29), 0),
        (selective(30), 10_000),
        (selective(180), 60_000),
        (selective(181), 59_890),
        (selective(729), 436),
        (selective(730), 0),
        # 12 months: grace of 90 days.
        (selective(90, months=12), 30_000),
        (selective(91, months=12), 29_890),
        (selective(364, months=12), 436),
        (selective(365, months=12), 0),
        # Subsidies: the rule of 1 Oct 2014 knows no grace.
        (subsidy(180), 500_000),
        (subsidy(181), 499_090),
        (subsidy(729), 909),
        (subsidy(730), 0),
        (subsidy(0, signed_on=date(2017, 3, 31)), 500_000),
        (subsidy(1, signed_on=date(2017, 3, 31)), 499_315),
        (subsidy(1, signed_on=date(2017, 4, 1)), 500_000),
        # Step table, on the last day of a month and the first of the next.
        (selective(6 * 30 - 1, brand="mvno"), 50_000),
        (selective(6 * 30, brand="mvno"), 60_000),
        (selective(7 * 30, brand="mvno"), 66_000),
        (selective(12 * 30, brand="mvno"), 96_000),
        (selective(13 * 30, brand="mvno"), 99_500),
        (selective(16 * 30, brand="mvno"), 110_000),
        (selective(17 * 30, brand="mvno"), 108_500),
        (selective(20 * 30, brand="mvno"), 104_000),
        (selective(21 * 30, brand="mvno"), 100_000),
        (selective(24 * 30, brand="mvno"), 88_000),
        (selective(729, brand="mvno"), 88_000),
        (selective(730, brand="mvno"), 0),
    ],
)
def test_fee_on_a_boundary(case: Case, krw: int) -> None:
    """Worked by hand, so that SQL and oracle cannot be wrong together."""
    assert expected(case)[1] == krw
    assert recomputed([case])[0][1] == krw


def test_no_rule_means_no_amount_and_no_zero() -> None:
    contract = fees.Contract("selective_discount", date(2025, 1, 1), 36, 1095, 10_000, 0, None)
    assert recomputed([(contract, "mno", date(2025, 6, 1))]) == [(None, None)]


def test_no_amount_is_a_fraction_of_a_won() -> None:
    assert all(isinstance(krw, int) for _, krw in recomputed([selective(333), subsidy(333)]))
