"""Days without a batch: which a register explains, and which somebody has to look into."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestration import delivered, freshness, missing_days
from orchestration.missing_days import DueDays
from orchestration.settings import Settings
from tests.unit.standings import stand

FEEDS = "feed,measured_as,due_days,break_days,known_from\n"
EVENTS = "event_id,scope,starts_on,ends_on,expects,known_from\n"
CLOSED = "calendar_date,is_processing_day,closed_because\n"


def day(number: int, month: int = 1) -> dt.date:
    return dt.date(2031, month, number)


def at(number: int, hour: int, year: int = 2031) -> dt.datetime:
    """Korean time without zone, in January."""
    return dt.datetime.combine(dt.date(year, 1, number), dt.time(hour))


@pytest.fixture
def registers(tmp_path):
    """Give a writer of small registers: two feeds, one due daily, one on processing days."""

    def write(events="", closed="", feeds=None):
        feeds = feeds or (
            "ports,delivered,processing_days,14,2030-01-01\n"
            "watch,delivered,every_day,14,2030-01-01\n"
        )
        (tmp_path / "ref_feeds.csv").write_text(FEEDS + feeds)
        (tmp_path / "ref_service_events.csv").write_text(EVENTS + events)
        (tmp_path / "ref_processing_calendar.csv").write_text(CLOSED + closed)
        return DueDays.read(tmp_path)

    return write


@pytest.mark.fault(
    kind="late data",
    tried="days between the first and the newest batch on which no batch came",
    holds="each is named until a register explains it; closed days and recorded outages are not",
)
def test_missing_days_are_named_and_told_from_days_that_registers_explain(registers):
    due = registers(
        events="OUT,all,2031-01-04,2031-01-05,quiet,2031-01-04\n",
    )
    gaps = due.gaps([day(1), day(3), day(7)])
    assert [str(gap) for gap in gaps] == [
        "2031-01-02",
        "2031-01-04 to 2031-01-05 (OUT)",
        "2031-01-06",
    ]
    assert [str(gap) for gap in missing_days.unexplained(gaps)] == ["2031-01-02", "2031-01-06"]


def test_an_outage_counts_from_the_day_on_which_it_was_known(registers):
    due = registers(events="OUT,all,2031-01-02,2031-01-02,quiet,2031-02-01\n")
    assert due.gaps([day(1), day(3)])[0].reason == ""
    assert due.gaps([day(1), day(3), *(day(n) for n in range(4, 32)), day(1, 2)])[0].reason


def test_an_outage_of_one_feed_does_not_excuse_the_other(registers):
    days = [day(1), day(3)]
    one = "OUT-P,ports,2031-01-02,2031-01-02,quiet,2031-01-02\n"
    other = "OUT-W,watch,2031-01-02,,quiet,2031-01-02\n"
    assert missing_days.unexplained(registers(events=one).gaps(days))
    assert registers(events=one + other).gaps(days)[0].reason == "OUT-P, OUT-W"
    assert not missing_days.unexplained(
        registers(events="BOTH,ports|watch,2031-01-02,,quiet,2031-01-02\n").gaps(days)
    )


def test_a_surge_explains_no_silence(registers):
    due = registers(events="UP,all,2031-01-02,2031-01-02,surge,2031-01-02\n")
    assert due.gaps([day(1), day(3)])[0].reason == ""


def test_a_closed_day_excuses_feeds_of_processing_days_only(registers):
    closed = "2031-01-02,false,New Year\n"
    ports = "ports,delivered,processing_days,14,2030-01-01\n"
    assert registers(closed=closed, feeds=ports).gaps([day(1), day(3)])[0].reason == (
        "closed: New Year"
    )
    assert registers(closed=closed).gaps([day(1), day(3)])[0].reason == ""


def test_months_that_came_as_a_whole_are_no_gap_and_a_long_break_later_is_one(registers):
    months = [day(1), day(1, 2), day(1, 3), day(2, 3)]
    assert registers().gaps(months) == ()
    assert [gap.days for gap in registers().gaps([*months, day(1, 6)])] == [90]


def test_the_newest_gaps_are_named_and_the_others_counted(registers):
    gaps = registers().gaps([day(number) for number in range(1, 31, 2)])
    assert missing_days.words(gaps) == (
        "2031-01-22, 2031-01-24, 2031-01-26, 2031-01-28 and 10 days before"
    )


def test_the_sample_misses_no_day():
    settings = Settings.from_env({})
    assert DueDays.read(settings.reference).gaps(delivered.look(settings).days) == ()


@pytest.mark.parametrize(
    ("hours", "is_demo", "now", "broken"),
    [
        (None, False, at(3, 11), False),
        (None, False, at(3, 13), True),
        (None, True, at(1, 0, year=2032), False),
        (30, True, at(3, 7), True),
        (60, False, at(3, 13), False),
    ],
)
def test_figures_get_too_old_by_the_hour_that_was_promised(  # noqa: PLR0917
    registers, tmp_path, hours, is_demo, now, broken
):
    settings = stand(tmp_path / "build", as_of=day(1), is_demo=is_demo, freshness_hours=hours)
    assert bool(freshness.overdue(settings, registers(), now)) is broken


def test_days_on_which_nothing_is_due_do_not_age_the_figures(registers, tmp_path):
    settings = stand(tmp_path / "build", as_of=day(1), is_demo=False)
    due = registers(events="OUT,all,2031-01-02,2031-01-05,quiet,2031-01-02\n")
    assert freshness.overdue(settings, due, at(7, 11)) is None
    late = freshness.overdue(settings, due, at(7, 13))
    assert late is not None
    assert late.due == day(6)


def test_nothing_published_is_no_broken_promise(registers, tmp_path):
    settings = Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path / "build")})
    assert freshness.overdue(settings, registers(), at(7, 0)) is None
