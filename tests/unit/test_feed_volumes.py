"""A silent feed is told from a quiet one, and a surge with a reason from one without."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.unit.oracles.feeds import FeedDay, verdicts
from tests.unit.oracles.models_in_memory import Row, Tables

FIRST = date(2030, 1, 7)
DAYS = 120
BAND, ODDS = 5.0, 0.0001
RULES = {
    "trimmed_share": Decimal("0.05"),
    "trimmed_variance": Decimal("0.62"),
    "min_days_for_bounds": 10,
    "min_days_for_silence": 3,
}
#: One of the few holidays on which ports are processed: too few to give bounds.
HOLIDAY = 50

TABLES = Tables(
    {
        "int_feed_days": (
            "feed varchar, service_date date, measured_as varchar, day_kind varchar, "
            "is_due boolean, band_scores decimal(9,3), silence_odds decimal(9,6), actual bigint, "
            "quiet_reason varchar, surge_reason varchar"
        ),
        "ref_feeds": (
            "feed varchar, trimmed_share decimal(9,3), trimmed_variance decimal(9,3), "
            "min_days_for_bounds bigint, min_days_for_silence bigint"
        ),
    }
)


def poisson(throw: random.Random, mean: float) -> int:
    """A count of that mean; where it is large a normal one will do."""
    if mean > 60:
        return max(0, round(throw.gauss(mean, mean**0.5)))
    count, chance = 0, throw.random()
    while chance > math.exp(-mean):
        count, chance = count + 1, chance * throw.random()
    return count


def ordinary(level: float, seed: int) -> list[FeedDay]:
    """Days of a feed of which nothing is wrong: Sundays closed, a window, counts by chance."""
    throw = random.Random(seed)
    days = []
    for number in range(DAYS):
        weekday = number % 7
        day_kind = {6: "closed", 0: "after_closed"}.get(weekday, "ordinary")
        if number % 20 == HOLIDAY % 20 and day_kind == "ordinary":
            day_kind = "holiday"
        in_window = 60 <= number < 74
        mean = level * {"closed": 0.2, "after_closed": 1.3, "holiday": 0.5}.get(day_kind, 1)
        mean *= 5 if in_window else 1
        count = poisson(throw, mean)
        days.append(
            FeedDay(
                day_kind=day_kind,
                is_due=day_kind != "closed",
                actual=count,
                quiet_reason="closed" if day_kind == "closed" else None,
                surge_reason="leave_window" if in_window else None,
            )
        )
    return days


def planted(days: list[FeedDay], number: int, **changes: object) -> list[FeedDay]:
    """The same days with one of them changed."""
    return [
        FeedDay(**{**vars(day), **changes}) if at == number else day for at, day in enumerate(days)
    ]


def judged(feeds: dict[str, list[FeedDay]]) -> dict[str, list[tuple[bool, bool]]]:
    """By feed and day: does the suite's rule of silence speak, and that of surges?"""
    TABLES.fill_many(
        {
            "int_feed_days": [
                {
                    "feed": feed,
                    "service_date": FIRST + timedelta(number),
                    "measured_as": "delivered",
                    "band_scores": BAND,
                    "silence_odds": ODDS,
                    **vars(day),
                }
                for feed, days in feeds.items()
                for number, day in enumerate(days)
            ],
            "ref_feeds": [{"feed": feed, **RULES} for feed in feeds],
        }
    )
    rows: list[Row] = sorted(
        TABLES.build("int_feed_volumes_daily"), key=lambda row: (row["feed"], row["service_date"])
    )
    found: dict[str, list[tuple[bool, bool]]] = {feed: [] for feed in feeds}
    for row in rows:
        is_silent = row["chance_of_silence"] is not None and (
            row["chance_of_silence"] < row["silence_odds"]
        )
        is_surge = row["typical_high"] is not None and (
            row["actual"] > row["typical_high"] and row["surge_reason"] is None
        )
        found[row["feed"]].append((is_silent, is_surge))
    return found


def speaks(days: list[FeedDay]) -> tuple[list[int], list[int]]:
    """Numbers of the days that are silent, and of those that surge."""
    found = judged({"feed": days})["feed"]
    return (
        [number for number, (is_silent, _) in enumerate(found) if is_silent],
        [number for number, (_, is_surge) in enumerate(found) if is_surge],
    )


def test_the_sql_judges_ten_thousand_days_as_the_rule_says() -> None:
    throw = random.Random(4)
    feeds = {}
    for seed in range(90):
        days = ordinary(throw.choice([0.3, 3, 6, 12, 60, 6000]), seed)
        for _ in range(throw.randint(0, 6)):
            change: dict[str, object] = throw.choice(
                [
                    {"actual": 0},
                    {"actual": throw.randint(0, 90)},
                    {"quiet_reason": "OUT", "actual": 0},
                    {"surge_reason": "catching_up", "actual": 200},
                    {"surge_reason": None},
                ]
            )
            days = planted(days, throw.randrange(DAYS), **change)
        feeds[f"feed {seed:02}"] = days
    found = judged(feeds)
    assert found == {feed: verdicts(days, BAND, ODDS) for feed, days in feeds.items()}
    assert any(is_silent for days in found.values() for is_silent, _ in days)
    assert any(is_surge for days in found.values() for _, is_surge in days)


@pytest.mark.parametrize("level", [6, 60, 6000])
def test_a_real_surge_in_a_window_is_excused_and_the_same_one_outside_is_not(level: float) -> None:
    days = ordinary(level, seed=1)
    assert speaks(days) == ([], [])
    assert speaks(planted(days, 100, actual=8 * level)) == ([], [100])
    assert speaks(planted(days, 65, actual=8 * level)) == ([], [])


@pytest.mark.parametrize("level", [60, 6000])
@pytest.mark.parametrize("number", [31, 63, 65, 100])
def test_a_silent_day_is_told_also_in_a_window(level: float, number: int) -> None:
    assert speaks(planted(ordinary(level, seed=2), number, actual=0)) == ([number], [])


def test_a_small_sample_needs_two_silent_days_since_one_is_chance() -> None:
    days = planted(ordinary(6, seed=3), 31, actual=0)
    assert speaks(days) == ([], [])
    assert speaks(planted(days, 32, actual=0)) == ([32], [])


def test_silence_goes_on_over_a_closed_day_and_ends_with_an_excuse() -> None:
    days = ordinary(6, seed=3)
    saturday, monday = 33, 35
    over_sunday = planted(planted(days, saturday, actual=0), monday, actual=0)
    assert speaks(over_sunday) == ([monday], [])
    assert speaks(planted(over_sunday, saturday, quiet_reason="OUT")) == ([], [])
    # An excused day is no sign of life: what is silent on both sides of it is one silence.
    on_both_sides = planted(over_sunday, saturday - 1, actual=0)
    assert speaks(planted(on_both_sides, saturday, quiet_reason="OUT")) == ([monday], [])


def test_an_outage_on_record_is_excused_and_nothing_else_is() -> None:
    days = planted(ordinary(60, seed=5), 31, actual=0, quiet_reason="OUT")
    days = planted(days, 32, actual=120, surge_reason="catching_up")
    assert speaks(days) == ([], [])
    assert speaks(planted(days, 38, actual=0)) == ([38], [])


def test_a_kind_of_day_with_few_days_tells_silence_but_has_no_bounds() -> None:
    days = ordinary(60, seed=7)
    assert days[HOLIDAY].day_kind == "holiday"
    assert speaks(planted(days, HOLIDAY, actual=0)) == ([HOLIDAY], [])
    assert speaks(planted(days, HOLIDAY, actual=900)) == ([], [])


def test_closed_days_owe_nothing() -> None:
    assert speaks(planted(ordinary(60, seed=6), 34, actual=0)) == ([], [])


def test_false_alarms_are_rare_at_every_scale() -> None:
    feeds = {
        f"{level} {seed}": ordinary(level, seed) for level in (3, 6, 60, 6000) for seed in range(20)
    }
    alarms = [flag for days in judged(feeds).values() for day in days for flag in day]
    assert len(alarms) == 4 * 20 * DAYS * 2
    assert sum(alarms) <= 1
