"""Segments by the SQL against lines asked one by one; what is withheld; and who tries to see it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.unit.oracles.models_in_memory import Row, Tables
from tests.unit.oracles.privacy import (
    FLOWS,
    TOGETHER,
    TOTAL,
    Attacker,
    Cell,
    Counts,
    Profile,
    Unknown,
    counted,
    withheld,
)

OPENING = date(2030, 2, 28)
MONTHS = [date(2030, 3, 1), date(2030, 4, 1), date(2030, 5, 1)]
LAST = date(2030, 5, 31)
SMALLEST = 5

TABLES = Tables(
    {
        "int_line_spells_past": (
            "line_key bigint, is_own_brand boolean, line_kind varchar, activated_on date, "
            "terminated_on date, termination_kind varchar"
        ),
        "dim_lines": (
            "line_key bigint, is_own_brand boolean, line_kind varchar, plan_tier varchar, "
            "age_band varchar, region varchar, "
            "contract_kind varchar, exposure_class varchar, activated_on date, "
            "terminated_on date, termination_kind varchar"
        ),
        "int_delivery_facts": "opening_on date, observed_from date, as_of_date date",
        "ref_processing_calendar": "calendar_date date",
        "ref_privacy_rules": "rule varchar, min_cell_size bigint, known_from date",
    }
)


def population(seed: int, size: int) -> list[Profile]:
    """Lines with common and rare segments, days on both sides of every boundary."""
    throw = random.Random(seed)
    rare = throw.choice([0.002, 0.01, 0.05])
    leaving = throw.choice([0.1, 0.3, 0.5])
    porting = throw.choice([0.3, 0.9])
    exposed = throw.choice([0.3, 4])
    days = [OPENING + timedelta(n) for n in range(-2, (LAST - OPENING).days + 1)]
    edges = [OPENING, *MONTHS, *(month - timedelta(1) for month in MONTHS), LAST]

    def line() -> Profile:
        exposure_class = throw.choices(["neither", "exposed", "victim"], [1, exposed, rare])[0]
        activated_on = OPENING - timedelta(throw.randint(0, 900))
        # Whom an incident affected long ago was there already: nobody joins them.
        if exposure_class == "neither" and throw.random() < 0.3:
            activated_on = throw.choice(edges if throw.random() < 0.3 else days)
        terminated_on = None
        if throw.random() < leaving:
            terminated_on = max(throw.choice(edges if throw.random() < 0.3 else days), activated_on)
        return Profile(
            line_kind=throw.choices(["handset", "iot", "prepaid"], [1, rare, 0.1])[0],
            plan_tier=throw.choices(["basic", "mvno", None], [1, 0.3, rare])[0],
            age_band=throw.choices(["20_29", "65_74", "unknown", "under_20"], [1, 0.5, rare, 0.2])[
                0
            ],
            region=throw.choices(["R1", "R2", "R3"], [1, 0.3, 0.2])[0]
            if activated_on < MONTHS[1] or throw.random() < 0.9
            else "R0",
            contract_kind=throw.choices(["device_subsidy", "none"], [1, 0.3])[0],
            exposure_class=exposure_class,
            activated_on=activated_on,
            terminated_on=terminated_on,
            termination_kind=(
                None
                if terminated_on is None
                else throw.choices(["port_out", "voluntary"], [porting, 1 - porting])[0]
            ),
        )

    return [line() for _ in range(size)]


def inputs(lines: list[Profile], as_of: date = LAST) -> dict[str, list[Row]]:
    """Rows of the tables that the segments are counted from, as of a day."""
    newest: dict[tuple[str | None, ...], Row] = {}
    current: list[Row] = []
    past: list[Row] = []
    for number, line in enumerate(lines):
        row = {"line_key": number, **vars(line)}
        cut_by = (line.plan_tier, line.age_band, line.region, line.contract_kind)
        again = newest.setdefault((*cut_by, line.exposure_class), row)
        # Of lines cut alike, some that ended stand as earlier times in service of one id.
        if again is not row and line.terminated_on and number % 7 == 0:
            past.append({**row, "line_key": again["line_key"]})
        else:
            current.append(row)
    assert past or len(lines) < 100
    return {
        "dim_lines": current,
        "int_line_spells_past": past,
        "int_delivery_facts": [
            {
                "opening_on": OPENING,
                "observed_from": OPENING + timedelta(1),
                "as_of_date": as_of,
            }
        ],
        "ref_processing_calendar": [
            {"calendar_date": OPENING + timedelta(n)} for n in range(-9, 200)
        ],
        "ref_privacy_rules": [
            {
                "rule": "published_counts",
                "min_cell_size": size,
                "known_from": known_from,
            }
            for size, known_from in (
                (2, date(2029, 1, 1)),
                (SMALLEST, date(2030, 1, 1)),
                (50, LAST + timedelta(1)),
            )
        ],
    }


def by_sql(lines: list[Profile], as_of: date = LAST) -> tuple[list[Row], list[Row]]:
    """Rows of the table in full and of the report that is handed out, as of a day."""
    TABLES.fill_many(inputs(lines, as_of))
    in_full = TABLES.build("fct_churn_segments_monthly")
    return in_full, TABLES.build("fct_segments_withheld", "rpt_churn_segments_monthly")


def known_by(lines: list[Profile], as_of: date) -> list[Profile]:
    """The same lines before anything later happened."""
    return [
        replace(line, terminated_on=None, termination_kind=None)
        if line.terminated_on is not None and line.terminated_on > as_of
        else line
        for line in lines
        if line.activated_on <= as_of
    ]


def name(cell: Cell) -> tuple[str, str]:
    kind, part, unit = cell
    return kind, unit if part == "all" else f"{part}_{unit}"


CASES = [(seed, 400 if seed % 4 == 1 else 1500) for seed in range(8)]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[1]} lines, seed {case[0]}")
def case(request: pytest.FixtureRequest) -> tuple[dict[Cell, Counts], list[Row], list[Row]]:
    lines = population(*request.param)
    return counted(lines, OPENING, MONTHS), *by_sql(lines)


def test_every_segment_and_month_shows_what_its_lines_did(case) -> None:
    cells, in_full, _ = case
    found = {
        ((row["segment_kind"], row["part"], row["unit"]), measure, row["month"]): row[measure]
        for row in in_full
        for measure in (*TOGETHER, "port_outs")
    }
    assert found == {
        (cell, measure, month): counts[measure][number]
        for cell, counts in cells.items()
        for measure in counts
        for number, month in enumerate(MONTHS)
    }
    assert all(row["is_complete"] for row in in_full)


def test_what_is_withheld_is_what_the_rule_says_and_nothing_else(case) -> None:
    cells, _, report = case
    lines, ports = withheld(cells, SMALLEST)[-1]
    for row in report:
        (cell,) = [c for c in cells if name(c) == (row["segment_kind"], row["segment"])]
        month = MONTHS.index(row["month"])
        assert row["is_suppressed"] == ((cell[0], cell[2]) in lines), cell
        assert row["is_port_outs_suppressed"] == ((cell[0], cell[2]) in ports), cell
        for measure in (*TOGETHER, "port_outs"):
            is_hidden = row[
                "is_port_outs_suppressed" if measure == "port_outs" else "is_suppressed"
            ]
            assert row[measure] == (None if is_hidden else cells[cell][measure][month]), cell
        for rate in ("churn_rate", "average_lines"):
            assert (row[rate] is None) == row["is_suppressed"] or row["average_lines"] == 0
        assert row["port_out_rate"] is None or not row["is_port_outs_suppressed"]


def known(cells: dict[Cell, Counts], lines: set, ports: set) -> dict[Unknown, int]:
    """What a report shows that withholds these units."""
    shown: dict[Unknown, int] = {}
    for cell, counts in cells.items():
        for month in range(len(MONTHS)):
            if (cell[0], cell[2]) not in lines:
                shown[cell, "stock", month] = counts["opening_lines"][month]
                shown[cell, "stock", month + 1] = counts["closing_lines"][month]
                shown[cell, "gross_adds", month] = counts["gross_adds"][month]
                shown[cell, "deactivations", month] = counts["deactivations"][month]
            if (cell[0], cell[2]) not in ports:
                shown[cell, "port_outs", month] = counts["port_outs"][month]
    return shown


def small(cells: dict[Cell, Counts]) -> set[Unknown]:
    amounts: dict[Unknown, int] = {}
    for cell, counts in cells.items():
        for month in range(len(MONTHS)):
            amounts |= {(cell, measure, month): counts[measure][month] for measure in FLOWS}
            amounts[cell, "stock", month] = counts["opening_lines"][month]
            amounts[cell, "stock", month + 1] = counts["closing_lines"][month]
    return {unknown for unknown, amount in amounts.items() if 0 < amount < SMALLEST}


def shown_by(cells: dict[Cell, Counts], report: list[Row]) -> dict[Unknown, int]:
    """What the report as built tells an attacker, read off its rows."""
    cell_of = {name(cell): cell for cell in cells}
    shown: dict[Unknown, int] = {}
    for row in report:
        cell = cell_of[row["segment_kind"], row["segment"]]
        month = MONTHS.index(row["month"])
        for measure, unknown in (
            ("opening_lines", (cell, "stock", month)),
            ("closing_lines", (cell, "stock", month + 1)),
            *((flow, (cell, flow, month)) for flow in FLOWS),
        ):
            if row[measure] is not None:
                shown[unknown] = row[measure]
    return shown


def test_nobody_subtracts_a_small_cell_from_what_is_shown(case) -> None:
    cells, _, report = case
    shown = shown_by(cells, report)
    assert not any(0 < value < SMALLEST for value in shown.values())
    attacker = Attacker(shown, cells, len(MONTHS))
    assert not attacker.subtracts() & small(cells)


EDITED = [CASES[0], CASES[3], CASES[4], *((seed, 900) for seed in range(20, 23))]


@pytest.mark.parametrize(("seed", "size"), EDITED)
def test_nobody_subtracts_a_small_cell_from_editions_side_by_side(seed: int, size: int) -> None:
    lines = population(seed, size)
    cells = counted(lines, OPENING, MONTHS)
    shown: dict[Unknown, int] = {}
    for as_of in (*(month - timedelta(1) for month in MONTHS[1:]), LAST - timedelta(1), LAST):
        _, report = by_sql(known_by(lines, as_of), as_of)
        edition = shown_by(cells, report)
        assert all(shown.get(unknown, value) == value for unknown, value in edition.items())
        shown |= edition
    attacker = Attacker(shown, cells, len(MONTHS))
    assert not attacker.subtracts() & small(cells)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_nobody_corners_a_small_cell_by_bounds(seed: int) -> None:
    lines = population(*CASES[seed])
    cells = counted(lines, OPENING, MONTHS)
    _, report = by_sql(lines)
    attacker = Attacker(shown_by(cells, report), cells, len(MONTHS))
    targets = sorted(small(cells))
    for unknown in random.Random(seed).sample(targets, min(8, len(targets))):
        least, most = attacker.bounds({unknown: 1})
        assert most - least >= SMALLEST, (unknown, least, most)


def test_without_complements_the_attacker_subtracts_what_is_hidden() -> None:
    cells = counted(population(*CASES[3]), OPENING, MONTHS)
    primary = {
        (cell[0], cell[2])
        for cell, counts in cells.items()
        for measure in (*TOGETHER, "port_outs")
        if any(0 < amount < SMALLEST for amount in counts[measure])
    }
    attacker = Attacker(known(cells, primary, primary), cells, len(MONTHS))
    assert attacker.subtracts() & small(cells)


def test_stocks_of_two_months_give_away_what_happened_between_them() -> None:
    lines = population(*CASES[3])
    cells = counted(lines, OPENING, MONTHS)
    # All flows of one month are withheld, everywhere, and the stocks stay: where nobody is added,
    # as among those affected by an incident long ago, the leavers are the difference.
    shown = {
        unknown: value
        for unknown, value in known(cells, set(), set()).items()
        if unknown[1] == "stock" or unknown[2] != 1 or unknown[1] == "gross_adds"
    }
    attacker = Attacker(shown, cells, len(MONTHS))
    assert {u for u in small(cells) if u[1] == "deactivations"} <= attacker.subtracts()


def test_the_total_of_a_tiny_network_is_withheld_too() -> None:
    lines = [line for line in population(1, 300) if line.line_kind == "iot"][:3]
    lines = lines or population(1, 3)
    _, report = by_sql(lines)
    assert {row["is_suppressed"] for row in report if row["segment_kind"] == TOTAL[0]} == {True}
    assert not [row for row in report if row["deactivations"] or row["opening_lines"]]
