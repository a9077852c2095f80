"""Development, ultimates and ranges: the models against plain Python on generated programmes."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from tests.unit.oracles.reserving import Basis, Event, Valuation, students_quantile, value
from tests.unit.oracles.reserving_sql import Programmes, rows

FIRST = date(2025, 12, 20)
AS_OF = date(2026, 3, 18)
DAYS = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), AS_OF]
PROGRAMMES = 450


def drawn(random_state: random.Random) -> tuple[Basis, list[Event], bool]:
    """A programme with anything from no event to many cohorts, zeros and deadlines included."""
    grain = random_state.choice(
        [("day", "day"), ("day", "week"), ("week", "week"), ("month", "month")]
    )
    opens = random_state.choice([None, FIRST + timedelta(days=random_state.randrange(0, 40))])
    low, base, high = sorted(random_state.uniform(0.05, 1) for _ in range(3))
    short, middle, long = sorted(random_state.uniform(1, 60) for _ in range(3))
    basis = Basis(
        cohort_grain=grain[0],
        lag_grain=grain[1],
        min_cohorts=random_state.choice([1, 3, 4]),
        min_ages=random_state.choice([1, 2, 4]),
        min_developed_share=random_state.choice([0.0, 0.3, 0.6]),
        take_up=(low, base, high),
        half_life=(short, middle, long),
        opens_on=opens,
        closes_on=random_state.choice([None, DAYS[1], DAYS[2], date(2026, 6, 30)]),
    )
    from_opening = random_state.random() < 0.4
    events: list[Event] = []
    for _ in range(random_state.choice([1, 1, 2, 5, 8, 12])):
        cohort = FIRST + timedelta(days=random_state.randrange(0, 75))
        entitled = random_state.choice([1, 1000, 5_000_000, random_state.randrange(1, 10**9)])
        events.append(Event(cohort, "entitled", cohort, entitled))
        left = entitled
        for _ in range(random_state.choice([0, 0, 1, 4, 15])):
            taken = random_state.randrange(0, left // 3 + 1)
            left -= taken
            day = cohort + timedelta(days=int(random_state.expovariate(0.08)))
            if from_opening and basis.opens_on is not None:
                day = max(day, basis.opens_on)
            events.append(Event(cohort, "taken", day, taken))
    return basis, events, from_opening


@pytest.fixture(scope="module")
def generated():
    state = random.Random(20260331)
    cases = {f"p{number:03}": drawn(state) for number in range(PROGRAMMES)}
    cases["without_events"] = (Basis(), [], False)
    run = Programmes(AS_OF, DAYS)
    for name, (basis, events, from_opening) in cases.items():
        run.add(name, basis, events, from_opening=from_opening)
    connection = run.run()
    expected: dict[tuple[str, date], Valuation] = {
        (name, day): value(events, basis, day, from_opening=from_opening)
        for name, (basis, events, from_opening) in cases.items()
        for day in DAYS
    }
    return connection, expected


def close(left: float, right: float) -> bool:
    # Sums of the models are taken to a stated number of digits, so that no order of terms matters.
    return left == pytest.approx(right, rel=1e-7, abs=1e-3)


def test_every_cohort_is_valued_as_by_hand(generated):
    connection, expected = generated
    found = {
        (row["programme_id"], row["valuation_on"], row["cohort_on"]): row
        for row in rows(connection, "from fct_cohort_ultimates")
    }
    right = {
        (name, day, start): cohort
        for (name, day), valuation in expected.items()
        for start, cohort in valuation.cohorts.items()
    }
    assert found.keys() == right.keys()
    wrong = []
    for key, cohort in right.items():
        row = found[key]
        same = (
            row["age"] == cohort.age
            and row["method"] == cohort.method
            and row["entitled_krw"] == cohort.entitled
            and row["taken_krw"] == cohort.taken
            and close(row["chain_ladder_amount"], cohort.chain_ladder)
            and close(row["mack_error_amount"], cohort.mack_error)
            # One won may fall on the other side of a whole number in double precision.
            and abs(row["assumed_low_krw"] - cohort.ultimate[0]) <= 1
            and abs(row["ultimate_krw"] - cohort.ultimate[1]) <= 1
            and abs(row["assumed_high_krw"] - cohort.ultimate[2]) <= 1
        )
        if not same:
            wrong.append((key, row, cohort))
    assert not wrong[:3]
    assert {cohort.method for cohort in right.values()} == {
        "chain_ladder",
        "bornhuetter_ferguson",
        "closed",
    }


def test_all_cohorts_together_have_the_range_worked_out_by_hand(generated):
    connection, expected = generated
    found = {
        (row["programme_id"], row["valuation_on"]): row
        for row in rows(connection, "from fct_uptake_totals")
    }
    right = {key: valuation for key, valuation in expected.items() if valuation.cohorts}
    assert found.keys() == right.keys()
    wrong = []
    for key, valuation in right.items():
        row = found[key]
        few = len(valuation.cohorts) + 1
        same = (
            close(row["mack_error_amount"], valuation.mack_error)
            and abs(row["ultimate_krw"] - valuation.ultimate) <= few
            and row["ultimate_low_krw"] == pytest.approx(valuation.low, rel=1e-8, abs=few)
            and row["ultimate_high_krw"] == pytest.approx(valuation.high, rel=1e-8, abs=few)
        )
        if not same:
            wrong.append((key, row, valuation.mack_error, valuation.low, valuation.high))
    assert not wrong[:3]


def test_estimates_keep_to_their_bounds(generated):
    connection, _ = generated
    assert (
        rows(
            connection,
            "from fct_uptake_totals where not (taken_krw <= ultimate_low_krw "
            "and ultimate_low_krw <= ultimate_krw and ultimate_krw <= ultimate_high_krw)",
        )
        == []
    )
    assert (
        rows(
            connection,
            "from fct_cohort_ultimates where not (taken_krw <= assumed_low_krw "
            "and assumed_low_krw <= ultimate_krw and ultimate_krw <= assumed_high_krw "
            "and assumed_high_krw <= greatest(entitled_krw, taken_krw))",
        )
        == []
    )


def test_enough_was_compared(generated):
    connection, expected = generated
    (cells,) = connection.execute("select count(*) from rpt_uptake_development").fetchone()
    (factors,) = connection.execute("select count(*) from fct_development_factors").fetchone()
    cohorts = sum(len(valuation.cohorts) for valuation in expected.values())
    assert cells >= 10_000
    assert factors >= 10_000
    assert cohorts >= 4_000


@pytest.mark.parametrize("degrees", [3, 4, 10, 30, 200])
def test_the_quantile_is_that_of_student(degrees):
    stats = pytest.importorskip("scipy.stats")
    z = stats.norm.ppf(0.975)
    assert students_quantile(z, degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=0.01)
