"""The roll-forward of provisions: the model against plain Python on generated programmes."""

from __future__ import annotations

import random
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest

from tests.unit.oracles.reserving_sql import rendered, rows
from tests.unit.oracles.rollforward import Month, Programme, roll_forward

PROGRAMMES = 2_500
MOVEMENTS = (
    "opening_krw",
    "additions_krw",
    "reestimates_krw",
    "used_krw",
    "reversed_krw",
    "closing_krw",
)


def month_end(number: int) -> date:
    year, month = divmod(number + 1, 12)
    return date(2025 + year, month + 1, 1) - timedelta(days=1)


def drawn(state: random.Random) -> Programme:
    """Estimates that rise and fall, payments that come back, ends before, within and after."""
    has_cohorts = state.random() < 0.6
    first = state.randrange(0, 6)
    months = []
    paid = 0
    cohorts: list[date] = []
    for number in range(first, first + state.randrange(1, 9)):
        day = month_end(number)
        paid += state.choice([0, 0, state.randrange(0, 10**9), -state.randrange(0, 1000)])
        if has_cohorts:
            cohorts += [
                day - timedelta(days=state.randrange(0, 40))
                for _ in range(state.choice([0, 0, 1, 3]))
            ]
        months.append(
            Month(
                valued_on=day,
                ultimate=max(paid, 0) + state.choice([0, state.randrange(0, 10**11)]),
                paid=paid,
                cohorts={
                    cohort: (state.randrange(0, 10**9), state.randrange(0, 10**9))
                    for cohort in cohorts
                },
            )
        )
    ended_on = state.choice([None, month_end(state.randrange(0, 14)), date(2025, 4, 30)])
    if has_cohorts and not cohorts:
        # The end of claims is known from cohorts.
        ended_on = None
    return Programme(has_cohorts, has_cohorts and state.random() < 0.3, ended_on, months)


@pytest.fixture(scope="module")
def compared():
    state = random.Random(37)
    programmes = {f"p{number}": drawn(state) for number in range(PROGRAMMES)}
    inputs: dict[str, list[tuple[object, ...]]] = {
        "rpt_programme_ultimates": [],
        "fct_cohort_ultimates": [],
        "fct_cohort_positions": [],
        "int_reserving_bases_known": [],
    }
    expected = {}
    for name, programme in programmes.items():
        has = programme.has_cohorts
        inputs["int_reserving_bases_known"].append(
            (
                name,
                "take_up" if has else "usage",
                "paid" if programme.is_paid_measure else None,
                None if has else programme.ended_on,
            )
        )
        for month, row in zip(programme.months, roll_forward(programme), strict=True):
            cost_month = month.valued_on.replace(day=1)
            expected[name, cost_month] = row
            inputs["rpt_programme_ultimates"].append(
                (name, cost_month, month.valued_on, True, month.ultimate, month.paid)
            )
            if has and not month.cohorts:
                # The day's deadline is read off any cohort of the day.
                inputs["fct_cohort_positions"].append(
                    (name, month.valued_on, month.valued_on, programme.ended_on)
                )
            for cohort, (ultimate, entitled) in month.cohorts.items():
                inputs["fct_cohort_ultimates"].append(
                    (name, month.valued_on, cohort, ultimate, entitled)
                )
                inputs["fct_cohort_positions"].append(
                    (name, month.valued_on, cohort, programme.ended_on)
                )
    # Programmes that are not provided for have no rows.
    inputs["rpt_programme_ultimates"].append(
        ("p0_not_provided", date(2025, 1, 1), date(2025, 1, 31), False, 5, 0)
    )
    columns = {
        "rpt_programme_ultimates": "programme_id varchar, cost_month date, valuation_on date, "
        "is_provision boolean, ultimate_krw bigint, cumulative_paid_krw bigint",
        "fct_cohort_ultimates": "programme_id varchar, valuation_on date, cohort_on date, "
        "ultimate_krw bigint, entitled_krw bigint",
        "fct_cohort_positions": "programme_id varchar, valuation_on date, cohort_on date, "
        "closes_on date",
        "int_reserving_bases_known": "programme_id varchar, estimate_kind varchar, "
        "measure varchar, ends_on date",
    }
    connection = duckdb.connect()
    for name, definition in columns.items():
        connection.execute(f"create table {name} ({definition})")
        names = [column.split()[0] for column in definition.split(", ")]
        connection.register("frame", pd.DataFrame(inputs[name], columns=names, dtype=object))
        casts = ", ".join(
            f"cast({column.split()[0]} as {column.split()[1]})" for column in definition.split(", ")
        )
        connection.execute(f"insert into {name} select {casts} from frame")
        connection.unregister("frame")
    found = {
        (row["programme_id"], row["cost_month"]): {name: row[name] for name in MOVEMENTS}
        for row in rows(connection, rendered("rpt_provision_rollforward"))
    }
    return found, expected, programmes


def test_every_month_rolls_forward_as_by_hand(compared):
    found, expected, _ = compared
    assert len(expected) >= 10_000
    assert found.keys() == expected.keys()
    wrong = [(key, found[key], row) for key, row in expected.items() if found[key] != row]
    assert not wrong[:3]
    for movement in MOVEMENTS:
        assert any(row[movement] for row in expected.values()), movement


def test_the_last_closing_is_what_is_still_to_be_paid(compared):
    found, _, programmes = compared
    for name, programme in programmes.items():
        last = programme.months[-1]
        assert (
            found[name, last.valued_on.replace(day=1)]["closing_krw"] == last.ultimate - last.paid
        )
