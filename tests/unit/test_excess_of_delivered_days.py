"""Which days excess churn counts, and for which incident.

Belongs here: deliveries that fail or end, incidents that overlap, what identities notice. Does not
belong here: the fit and its interval (`tests/unit/test_excess_churn.py`).
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.unit.oracles import excess_churn_sql as sql
from tests.unit.oracles import excess_simulation as simulation
from tests.unit.oracles.excess_churn import DAY, Calendar, Period
from tests.unit.oracles.models_in_memory import PROJECT_DIR, Tables, rendered_text
from tests.unit.test_excess_churn import INCIDENT, PERIODS, compare, days_of, surge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.oracles.models_in_memory import Row

IDENTITIES = PROJECT_DIR / "tests" / "dbt" / "marts" / "churn" / "excess_churn"
YEAR = sql.calendar(simulation.FIRST, simulation.LAST)
COUNTS = surge(simulation.drawn(5, YEAR, simulation.Habits(level=3000)), days_of(YEAR, "window"), 8)


def identity(tables: Tables, name: str) -> list[Row]:
    """Rows that an identity of the marts finds."""
    text = rendered_text((IDENTITIES / f"{name}.sql").read_text("utf-8"))
    return tables.rows(text)


def marts(
    calendar: Calendar,
    counts: Mapping[dt.date, int] = COUNTS,
    periods: list[Period] = PERIODS,
    own: frozenset[str] = frozenset({INCIDENT}),
) -> tuple[dict[tuple[str, str], Row], dict[dt.date, Row]]:
    """The baseline's phases by incident, and its days; the identities hold."""
    tables = sql.Run(calendar, periods=periods, operators=own).tables({"one": counts})
    tables.build(*sql.CHAIN)
    phases = tables.build("rpt_excess_churn")
    days = tables.build("rpt_excess_churn_daily")
    for name in (
        "excess_of_days_sums_to_the_excess_of_its_phase",
        "an_excess_lies_in_its_interval_and_one_row_is_the_answer",
    ):
        assert identity(tables, name) == [], name
    return (
        {
            (row["incident_id"], row["phase"]): row
            for row in phases
            if row["segment_kind"] == "total" and row["method"] == "baseline"
        },
        {row["processed_on"]: row for row in days if row["segment_kind"] == "total"},
    )


def without(counts: Mapping[dt.date, int], days: set[dt.date]) -> dict[dt.date, int]:
    """The history of which some days were not delivered."""
    return {day: n for day, n in counts.items() if day not in days}


#: What was not delivered: name -> days.
GAPS: dict[str, set[dt.date]] = {
    "among quiet days": {dt.date(2025, 8, 4), dt.date(2025, 8, 5), dt.date(2025, 8, 6)},
    "in the window": {dt.date(2026, 1, 6)},
    "in the aftermath": {dt.date(2026, 2, 19), dt.date(2026, 2, 20)},
    "in another carrier's window": {dt.date(2025, 6, 2)},
}


@functools.cache
def complete() -> tuple[dict[tuple[str, str], Row], dict[dt.date, Row]]:
    """The year with every delivery."""
    return marts(YEAR)


@pytest.mark.parametrize("gap", GAPS)
def test_a_day_that_was_not_delivered_is_in_no_fit_and_no_sum(gap: str) -> None:
    missing = GAPS[gap]
    sound, expected_of = complete()
    phases, days = marts(replace(YEAR, missing=frozenset(missing)), without(COUNTS, missing))
    lost = days_of(YEAR, "whole") & missing
    assert phases[INCIDENT, "whole"]["missing_days"] == len(lost)
    assert phases[INCIDENT, "whole"]["days"] == sound[INCIDENT, "whole"]["days"] - len(lost)
    assert set(days) == set(YEAR.processing_days())
    for day, row in days.items():
        assert row["is_missing"] == (day in missing)
        if day in missing:
            assert (row["actual"], row["expected"], row["excess"]) == (None, None, None)
            assert row["is_fit_day"] is False
    for phase in ("disclosure", "anticipation", "window", "aftermath"):
        known, all_known = phases[INCIDENT, phase], sound[INCIDENT, phase]
        # An excess moves by what was in excess on the day, and by hardly more.
        moved = sum(float(expected_of[day]["excess"]) for day in lost & days_of(YEAR, phase))
        difference = known["excess_lines"] - all_known["excess_lines"]
        assert abs(difference + moved) < 0.02 * float(all_known["expected"]), phase


def test_a_fit_around_gaps_is_the_oracle_s() -> None:
    calendar = replace(YEAR, missing=frozenset().union(*GAPS.values()))
    # What a late or partial file brought of such a day counts as little as what did not come.
    ports = {"one": COUNTS, "few": simulation.drawn(6, YEAR, simulation.Habits(level=2))}
    assert compare(sql.Run(calendar, periods=PERIODS), ports) > 500


def test_an_as_of_date_beyond_the_newest_delivery_changes_no_answer() -> None:
    newest = dt.date(2026, 1, 6)
    at_delivery, _ = marts(replace(YEAR, last=newest))
    later, days = marts(
        replace(YEAR, newest_batch_on=newest),
        {day: n for day, n in COUNTS.items() if day <= newest},
    )
    assert set(later) == set(at_delivery)
    for key, row in later.items():
        for column in ("days", "last_on", "actual", "expected", "excess_lines", "fit_days"):
            assert row[column] == at_delivery[key][column], (key, column)
    assert at_delivery[INCIDENT, "whole"]["missing_days"] == 0
    after = [day for day in days_of(YEAR, "whole") if day > newest]
    assert later[INCIDENT, "whole"]["missing_days"] == len(after)
    assert all(days[day]["is_missing"] and days[day]["actual"] is None for day in after)


def test_two_incidents_of_the_operator_share_no_day() -> None:
    second = Period("second", "disclosure", dt.date(2026, 3, 2), simulation.LAST)
    own = frozenset({INCIDENT, "second"})
    alone, _ = complete()
    both, days = marts(YEAR, periods=[*PERIODS, second], own=own)
    of_second = {day for day in YEAR.processing_days() if second.first <= day <= second.last}
    assert both["second", "whole"]["days"] == len(of_second)
    assert both[INCIDENT, "whole"]["days"] == alone[INCIDENT, "whole"]["days"] - len(of_second)
    assert (
        both["second", "whole"]["actual"] + both[INCIDENT, "whole"]["actual"]
        == alone[INCIDENT, "whole"]["actual"]
    )
    assert {day for day, row in days.items() if row["incident_id"] == "second"} == of_second
    run = sql.Run(YEAR, periods=[*PERIODS, second], operators=own)
    assert compare(run, {"one": COUNTS}) > 200


def test_a_carrier_s_window_is_no_answer_of_the_operator() -> None:
    periods = [
        replace(each, kind="window") if each.incident != INCIDENT else each for each in PERIODS
    ]
    phases, days = marts(YEAR, periods=periods)
    assert {incident for incident, _ in phases} == {INCIDENT}
    assert phases == complete()[0]
    assert not any(row["is_fit_day"] for day, row in days.items() if day == dt.date(2025, 5, 2))


# ------------------------------------------------------------------------- two ways to one number

DAYS = [dt.date(2026, 1, 5) + DAY * number for number in range(3)]


def shares_of(
    ended: int, recipients: int, requests: int, in_quarantine: int, *, is_missing: bool = False
) -> list[Row]:
    """Days of so many lines ended, found by the excess, and requested; on the middle day."""
    tables = Tables(
        {
            "rpt_excess_churn_daily": "segment_kind varchar, recipient varchar, processed_on date,"
            " is_missing boolean, actual bigint",
            "rpt_port_share": "period_kind varchar, period_from date, basis varchar,"
            " total_ports bigint",
            "stg_operator__port_requests": "line_key bigint, processed_on date,"
            " donor_carrier varchar, status varchar",
            "dim_carriers": "carrier_code varchar, is_on_operator_network boolean",
            "int_lines_ended": "line_key bigint, terminated_on date, network_brand varchar,"
            " termination_kind varchar",
            "int_line_spells_past": "line_key bigint, terminated_on date, network_brand varchar,"
            " termination_kind varchar",
        }
    )
    lost = {DAYS[1]: (ended, recipients, requests)}
    sound = (9, 9, 9)
    tables.fill(
        {
            "rpt_excess_churn_daily": [
                {
                    "segment_kind": "total",
                    "recipient": recipient,
                    "processed_on": day,
                    "is_missing": is_missing and day == DAYS[1],
                    "actual": lost.get(day, sound)[1],
                }
                for day in DAYS
                for recipient in ("all", "R")
            ],
            "rpt_port_share": [
                {
                    "period_kind": "day",
                    "period_from": day,
                    "basis": "all_destinations",
                    "total_ports": lost.get(day, sound)[2],
                }
                for day in DAYS
            ],
            "stg_operator__port_requests": [
                {
                    "line_key": 100 * number + line,
                    "processed_on": day,
                    "donor_carrier": "O",
                    "status": "completed",
                }
                for number, day in enumerate(DAYS)
                for line in range(lost.get(day, sound)[2])
            ],
            "dim_carriers": [{"carrier_code": "O", "is_on_operator_network": True}],
            "int_lines_ended": [
                {
                    "line_key": 100 * number + line,
                    "terminated_on": day,
                    "network_brand": "O",
                    "termination_kind": "port_out",
                }
                for number, day in enumerate(DAYS)
                for line in range(lost.get(day, sound)[0] - (in_quarantine * (day == DAYS[1])))
            ],
        }
    )
    return identity(tables, "ports_out_of_the_excess_are_those_of_the_shares")


@pytest.mark.parametrize(
    ("given", "is_found"),
    [
        pytest.param((9, 9, 9, 0), False, id="all pairs"),
        pytest.param((9, 8, 9, 1), False, id="the end of one line in quarantine or late"),
        pytest.param((9, 0, 9, 9), False, id="all ends of a day late"),
        pytest.param((9, 7, 9, 1), True, id="one in quarantine, two lost"),
        pytest.param((9, 8, 9, 0), True, id="one lost"),
        pytest.param((9, 0, 9, 0), True, id="a day lost"),
        pytest.param((9, 9, 8, 0), True, id="one too many"),
    ],
)
def test_only_what_did_not_come_may_differ_from_the_shares(
    given: tuple[int, int, int, int], is_found: bool
) -> None:
    assert [row["processed_on"] for row in shares_of(*given)] == ([DAYS[1]] if is_found else [])


def test_a_day_that_is_missing_is_not_held_against_the_shares() -> None:
    assert shares_of(9, 0, 9, 0, is_missing=True) == []
