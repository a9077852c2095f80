"""Benefits by the SQL against the rules in plain Python, on ten thousand generated cases each.

Days lie close together, so that boundaries meet: first and last days of cover, month-ends, 29
February, reference days.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from tests.unit.oracles import benefits as oracle
from tests.unit.oracles.models_in_memory import AS_OF, Tables

CASES = 12_000
COVERS = Tables(
    {
        "stg_operator__insurance_enrolments": (
            "enrolment_id varchar, customer_key bigint, route varchar, enrolled_on date, "
            "cover_from date, cover_to date, loaded_on date"
        ),
        "int_insurance_programmes": (
            "programme_id varchar, treatment_code varchar, is_victims_only boolean, months bigint, "
            "unit_cost_krw bigint, premium_total_krw bigint, covered_percent bigint, "
            "limit_krw bigint"
        ),
        "ref_processing_calendar": "calendar_date date",
        "int_delivery_facts": "as_of_date date",
        "stg_operator__insurance_claims": (
            "insurance_claim_id varchar, enrolment_id varchar, loss_on date, claimed_on date, "
            "loss_krw bigint, paid_krw bigint, paid_on date"
        ),
    }
)
LINES = Tables(
    {
        "stg_operator__lines": (
            "line_key bigint, line_kind varchar, is_own_brand boolean, plan_code varchar, "
            "activated_on date, terminated_on date, suspended_on date, loaded_on date"
        ),
        "ref_plans": "plan_code varchar, is_unlimited_data boolean",
        "int_incident_victims": (
            "incident_id varchar, line_key bigint, is_exposed boolean, is_payment_victim boolean"
        ),
        "int_programme_rules_known": (
            "programme_id varchar, kind varchar, incident_id varchar, is_victims_only boolean, "
            "victim_signs varchar, announced_on date, first_month date, last_month date, "
            "reference_on date, line_kinds varchar, is_own_brand_only boolean, "
            "is_suspended_excluded boolean"
        ),
    }
)
AGES = Tables(
    {
        "stg_operator__customer_vault": (
            "customer_key bigint, birth_date date, customer_type varchar"
        ),
        "ref_programmes": "programme_id varchar, known_from date, min_auto_enrol_age bigint",
        "ref_programme_eligibility": "programme_id varchar, known_from date, reference_on date",
    }
)


def days_from(first: date, count: int) -> list[date]:
    """So many days in a row."""
    return [first + timedelta(n) for n in range(count)]


@pytest.mark.parametrize("months", [1, 6, 11, 24, 36])
def test_a_cover_ends_on_the_day_the_law_says(months: int) -> None:
    starts = days_from(date(2023, 8, 1), CASES // 5)
    COVERS.fill_many(
        {
            "stg_operator__insurance_enrolments": [
                {"enrolment_id": f"N{n}", "customer_key": n, "cover_from": day, "cover_to": day}
                for n, day in enumerate(starts)
            ],
            "int_insurance_programmes": [
                {"programme_id": "A", "months": months, "premium_total_krw": 300 * months}
            ],
        }
    )
    found = {
        row["cover_from"]: row["expected_cover_to"] for row in COVERS.build("int_insurance_covers")
    }
    assert found == {day: oracle.cover_end(day, months) for day in starts}


@pytest.mark.parametrize(("months", "total_krw"), [(24, 7_200), (36, 10_800), (1, 29), (13, 1)])
def test_a_premium_accrues_by_day_and_adds_up(months: int, total_krw: int) -> None:
    as_of = date(2027, 3, 17)
    starts = days_from(date(2024, 2, 20), 450)
    COVERS.fill_many(
        {
            "stg_operator__insurance_enrolments": [
                {"enrolment_id": f"N{n}", "customer_key": n, "cover_from": day, "cover_to": day}
                for n, day in enumerate(starts)
            ],
            "int_insurance_programmes": [
                {"programme_id": "A", "months": months, "premium_total_krw": total_krw}
            ],
            "ref_processing_calendar": [
                {"calendar_date": day} for day in days_from(date(2024, 1, 1), 1_600)
            ],
            "int_delivery_facts": [{"as_of_date": as_of}],
        }
    )
    rows = COVERS.build("int_insurance_covers", "int_insurance_accruals")
    found = {
        (row["cover_from"], row["benefit_month"]): (row["premium_krw"], row["accrued_krw"])
        for row in rows
    }
    expected = {
        (day, month): amounts
        for day in starts
        for month, amounts in oracle.accrued_by_month(
            total_krw, day, oracle.cover_end(day, months), as_of
        ).items()
    }
    assert found == expected
    if months >= 24:
        assert len(found) >= 10_000
    policy_months: dict[date, int] = {}
    for row in rows:
        policy_months[row["cover_from"]] = (
            policy_months.get(row["cover_from"], 0) + row["insured_months"]
        )
    ended = [day for day in starts if oracle.cover_end(day, months) <= as_of]
    assert {policy_months[day] for day in ended} <= {months}
    assert all(
        sum(krw for (day, _), (krw, _) in found.items() if day == start) == total_krw
        for start in ended[:40]
    )


KINDS = ("handset", "second_device", "iot")
GRANTS = {
    "ALL": oracle.Grant(
        date(2026, 2, 1), date(2026, 7, 1), date(2026, 1, 13), frozenset({"handset"}), True, True,
        False,
    ),
    "NO_DAY": oracle.Grant(
        date(2026, 1, 1), date(2026, 4, 1), None, frozenset({"handset", "iot"}), False, True, False,
    ),
    "VICTIMS": oracle.Grant(
        date(2025, 12, 1), date(2026, 3, 1), None, frozenset(KINDS), False, False, True
    ),
}  # fmt: skip


def a_line(chance: random.Random) -> oracle.Line:
    """A line whose days lie around those of the grants."""
    edges = [date(2026, 1, 13), date(2026, 2, 1), date(2026, 3, 1), date(2025, 12, 1)]

    def day() -> date:
        return chance.choice(edges) + timedelta(chance.randint(-2, 2))

    activated_on = day() if chance.random() < 0.4 else date(2020, 1, 1)
    return oracle.Line(
        line_kind=chance.choice(KINDS),
        is_own_brand=chance.random() < 0.8,
        activated_on=activated_on,
        terminated_on=max(day(), activated_on) if chance.random() < 0.5 else None,
        suspended_on=max(day(), activated_on) if chance.random() < 0.3 else None,
        is_victim=chance.random() < 0.5,
    )


def test_a_line_has_its_grant_in_exactly_the_months_of_the_rules() -> None:
    chance = random.Random(20260113)
    population = [a_line(chance) for _ in range(CASES)]
    LINES.fill_many(
        {
            "stg_operator__lines": [
                {
                    "line_key": key,
                    "line_kind": line.line_kind,
                    "is_own_brand": line.is_own_brand,
                    "activated_on": line.activated_on,
                    "terminated_on": line.terminated_on,
                    "suspended_on": line.suspended_on,
                    "loaded_on": line.terminated_on or line.activated_on,
                }
                for key, line in enumerate(population)
            ],
            "int_incident_victims": [
                {"incident_id": "I", "line_key": key, "is_exposed": True, "is_payment_victim": True}
                for key, line in enumerate(population)
                if line.is_victim
            ],
            "int_programme_rules_known": [
                {
                    "programme_id": name,
                    "kind": "data",
                    "incident_id": "I",
                    "is_victims_only": grant.victims_only,
                    "victim_signs": "|payment|",
                    "announced_on": date(2019, 1, 1),
                    "first_month": grant.first_month,
                    "last_month": grant.last_month,
                    "reference_on": grant.reference_on,
                    "line_kinds": "".join(f"|{kind}" for kind in sorted(grant.line_kinds)) + "|",
                    "is_own_brand_only": grant.own_brand_only,
                    "is_suspended_excluded": grant.excludes_suspended,
                }
                for name, grant in GRANTS.items()
            ],
        }
    )
    spans = {
        (row["programme_id"], row["line_key"]): (row["first_month"], row["last_month"])
        for row in LINES.build("int_lines_entitled")
        if row["reason_code"] == "entitled"
    }
    months = [oracle.month_after(date(2025, 10, 1), n) for n in range(12)]
    granted = 0
    for name, grant in GRANTS.items():
        for key, line in enumerate(population):
            first, last = spans.get((name, key), (None, None))
            by_sql = [month for month in months if first and last and first <= month <= last]
            by_rules = [month for month in months if oracle.has_grant(grant, line, month)]
            assert by_sql == by_rules, (name, line)
            granted += len(by_rules)
    assert granted >= 10_000


def test_a_loss_is_decided_as_the_terms_say() -> None:
    chance = random.Random(20260202)
    programmes = {"A": (24, 70, 3_000_000), "B": (36, 33, None)}
    losses = {}
    for number in range(CASES):
        months, percent, limit_krw = programmes[chance.choice("AB")]
        cover_from = (
            date(2024, 2, 29) + timedelta(chance.randint(-3, 3)) if chance.random() < 0.98 else None
        )
        start = cover_from or date(2024, 2, 29)
        edge = chance.choice([start, oracle.cover_end(start, months), start + timedelta(90)])
        loss_on = edge + timedelta(chance.randint(-2, 2)) if chance.random() < 0.98 else None
        loss_krw = chance.choice([chance.randint(1, 9_999_999), 4_285_714, 4_285_715, 100])
        covered = min(loss_krw * percent // 100, limit_krw or loss_krw)
        losses[f"Q{number:05}"] = oracle.Loss(
            cover_from=cover_from,
            months=months,
            loss_on=loss_on,
            claimed_on=(loss_on or edge) + timedelta(chance.randint(-2, 20)),
            loss_krw=loss_krw,
            paid_krw=chance.choice([None, 0, covered, covered - 1, covered + 1]),
            percent=percent,
            limit_krw=limit_krw,
        )
    COVERS.fill_many(
        {
            "int_insurance_programmes": [
                {
                    "programme_id": name,
                    "months": months,
                    "premium_total_krw": 1,
                    "covered_percent": percent,
                    "limit_krw": limit_krw,
                }
                for name, (months, percent, limit_krw) in programmes.items()
            ],
            "stg_operator__insurance_enrolments": [
                {
                    "enrolment_id": name,
                    "customer_key": number,
                    "cover_from": loss.cover_from,
                    # Where the first day is missing the shortest insurance is taken.
                    "cover_to": oracle.cover_end(loss.cover_from, loss.months)
                    if loss.cover_from
                    else None,
                }
                for number, (name, loss) in enumerate(losses.items())
            ],
            "stg_operator__insurance_claims": [
                {
                    "insurance_claim_id": name,
                    "enrolment_id": name,
                    "loss_on": loss.loss_on,
                    "claimed_on": loss.claimed_on,
                    "loss_krw": loss.loss_krw,
                    "paid_krw": loss.paid_krw,
                    "paid_on": None if loss.paid_krw is None else date(2029, 1, 1),
                }
                for name, loss in losses.items()
            ],
        }
    )
    found = {
        row["insurance_claim_id"]: (row["reason_code"], row["covered_krw"], row["finding"])
        for row in COVERS.build("int_insurance_covers", "fct_insurance_claims")
    }
    expected = {name: oracle.decision(loss) for name, loss in losses.items()}
    assert found == expected
    assert {reason for reason, _, _ in expected.values()} == {
        "covered", "no_cover", "no_day_of_loss", "loss_before_cover", "loss_after_cover",
        "claimed_before_loss",
    }  # fmt: skip
    assert len({finding for _, _, finding in expected.values()}) == 5


def test_an_age_is_reached_on_the_birthday() -> None:
    born = [None, *days_from(date(1950, 1, 1), 4_400)]
    asked = {
        "A": (date(2026, 2, 28), 65),
        "B": (date(2028, 2, 29), 64),
        "C": (date(2026, 3, 1), 66),
    }
    known_from = date.fromisoformat(AS_OF)
    AGES.fill_many(
        {
            "stg_operator__customer_vault": [
                {"customer_key": key, "birth_date": day} for key, day in enumerate(born)
            ],
            "ref_programmes": [
                {"programme_id": name, "known_from": known_from, "min_auto_enrol_age": age}
                for name, (_, age) in asked.items()
            ],
            "ref_programme_eligibility": [
                {"programme_id": name, "known_from": known_from, "reference_on": day}
                for name, (day, _) in asked.items()
            ],
        }
    )
    found = {
        (row["customer_key"], row["reference_on"], row["min_age"]): row["age_state"]
        for row in AGES.build("stg_operator__customer_ages")
    }
    assert found == {
        (key, day, age): oracle.age_state(birth_date, day, age)
        for key, birth_date in enumerate(born)
        for day, age in asked.values()
    }
    assert len(found) >= 10_000
