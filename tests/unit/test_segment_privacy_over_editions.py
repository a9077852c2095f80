"""Monthly editions of one report side by side: nothing small comes out that none of them shows.

Belongs here: generated tables of segments, one report for every month, and the attacker who keeps
all of them. Does not belong here: one report alone (test_segment_privacy).
"""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations

import pytest

from tests.unit.oracles.models_in_memory import Row, Tables
from tests.unit.oracles.privacy import FLOWS, TOTAL, Attacker, Cell, Unknown

MONTHS = [date(2030, 1, 1), date(2030, 2, 1), date(2030, 3, 1)]
AS_OF = [date(2030, 1, 31), date(2030, 2, 28), date(2030, 3, 31)]
SMALLEST = 5
MEASURES = ("opening_lines", "gross_adds", "deactivations", "port_outs", "closing_lines")

TABLES = Tables(
    {
        "fct_churn_segments_monthly": (
            "month date, is_complete boolean, segment_kind varchar, part varchar, unit varchar, "
            "opening_lines bigint, gross_adds bigint, deactivations bigint, port_outs bigint, "
            "other_ends bigint, closing_lines bigint"
        ),
        "ref_privacy_rules": "rule varchar, min_cell_size bigint, known_from date",
        "int_delivery_facts": "as_of_date date",
    }
)
RULES = [{"rule": "published_counts", "min_cell_size": SMALLEST, "known_from": date(2029, 1, 1)}]


def segment(kind: str, unit: str, stock: int, flows: list[tuple[int, int, int]]) -> list[Row]:
    """Rows of a unit, from the stock it opens with and (adds, leavers by port, other leavers)."""
    rows = []
    for month, (adds, ports, others) in zip(MONTHS, flows, strict=False):
        rows.append(
            {
                "month": month,
                "is_complete": True,
                "segment_kind": kind,
                "part": "all",
                "unit": unit,
                "opening_lines": stock,
                "gross_adds": adds,
                "deactivations": ports + others,
                "port_outs": ports,
                "other_ends": others,
                "closing_lines": stock + adds - ports - others,
            }
        )
        stock = rows[-1]["closing_lines"]
    return rows


def generated(seed: int, kinds: int) -> list[Row]:
    """Splits with three to six units, few small flows, stocks that overtake each other."""
    throw = random.Random(seed)
    rows = []
    for number in range(kinds):
        few = throw.choice([0.05, 0.15, 0.3])

        def flow(few: float = few) -> int:
            return throw.choice([0, 1, 2, 3, 4]) if throw.random() < few else throw.randint(5, 60)

        for unit in "ABCDEF"[: throw.randint(3, 6)]:
            is_new = throw.random() < 0.1
            stock = 0 if is_new else throw.randint(800, 1200)
            flows = [
                (0, 0, 0) if is_new and month == 0 else (flow() + 60 * is_new, flow(), flow())
                for month in range(len(MONTHS))
            ]
            rows += segment(f"kind_{number:03}", unit, stock, flows)
    return rows


def editions(rows: list[Row]) -> list[list[Row]]:
    """The report handed out after each month."""
    found = []
    for as_of in AS_OF:
        known = [row for row in rows if row["month"] <= as_of]
        # A unit of which nothing is known yet has no rows.
        there = {(row["segment_kind"], row["unit"]) for row in known if row["closing_lines"]}
        TABLES.fill_many(
            {
                "fct_churn_segments_monthly": [
                    row for row in known if (row["segment_kind"], row["unit"]) in there
                ],
                "ref_privacy_rules": RULES,
                "int_delivery_facts": [{"as_of_date": as_of}],
            }
        )
        found.append(TABLES.build("fct_segments_withheld", "rpt_churn_segments_monthly"))
    return found


def values(rows: list[Row], cell_of: dict[str, Cell]) -> dict[Unknown, int]:
    """What rows say of stocks and flows; what is withheld is not in."""
    said: dict[Unknown, int] = {}
    for row in rows:
        cell = cell_of[row.get("segment") or row["unit"]]
        month = MONTHS.index(row["month"])
        for measure, unknown in (
            ("opening_lines", (cell, "stock", month)),
            ("closing_lines", (cell, "stock", month + 1)),
            *((flow, (cell, flow, month)) for flow in FLOWS),
        ):
            if row[measure] is not None:
                said[unknown] = row[measure]
    return said


def recovered(truth: list[Row], reports: list[list[Row]]) -> set[Unknown]:
    """Small counts of one split that follow from all reports together and from the totals."""
    kind = truth[0]["segment_kind"]
    cell_of: dict[str, Cell] = {row["unit"]: (kind, "all", row["unit"]) for row in truth}
    facts = values(truth, cell_of)
    published: dict[Unknown, int] = {}
    for report in reports:
        published |= values(report, cell_of)
    totals: dict[Unknown, int] = {}
    for (_, measure, month), amount in facts.items():
        totals[TOTAL, measure, month] = totals.get((TOTAL, measure, month), 0) + amount
    months = len({row["month"] for row in truth})
    attacker = Attacker(published | totals, {TOTAL, *cell_of.values()}, months)
    known = attacker.subtracts()
    found = {u for u in known if 0 < facts.get(u, 0) < SMALLEST}
    for month in range(months):
        for cell in cell_of.values():
            leavers, ports = (cell, "deactivations", month), (cell, "port_outs", month)
            if {leavers, ports} <= known and 0 < facts[leavers] - facts[ports] < SMALLEST:
                found.add((cell, "other_ends", month))
        # What stays hidden counts together: few, and it is as if one were shown.
        for measure in FLOWS:
            hidden = [c for c in cell_of.values() if (c, measure, month) not in published]
            together = sum(facts[cell, measure, month] for cell in hidden)
            if len(hidden) < len(cell_of) and 0 < together < SMALLEST:
                found |= {(cell, measure, month) for cell in hidden}
    return found


def of_kind(rows: list[Row], kind: str) -> list[Row]:
    return [row for row in rows if row["segment_kind"] == kind]


@pytest.fixture(scope="module")
def many() -> tuple[list[Row], list[list[Row]]]:
    rows = generated(seed=7, kinds=250)
    return rows, editions(rows)


def test_nobody_recovers_a_small_count_from_two_or_three_editions(many) -> None:
    rows, reports = many
    shown = 0
    for kind in sorted({row["segment_kind"] for row in rows}):
        truth = of_kind(rows, kind)
        mine = [of_kind(report, kind) for report in reports]
        for kept in [*combinations(mine, 2), tuple(mine)]:
            assert not recovered(truth, list(kept)), kind
        shown += sum(row["deactivations"] is not None for row in mine[-1])
    assert shown > 100  # Safe because it is chosen well, not because nothing is shown.


def test_what_an_edition_withholds_later_ones_withhold(many) -> None:
    _, reports = many
    for flag in ("is_suppressed", "is_port_outs_suppressed"):
        withheld = [
            {(row["segment_kind"], row["segment"]) for row in report if row[flag]}
            for report in reports
        ]
        assert withheld[0] <= withheld[1] <= withheld[2]
        assert withheld[0] < withheld[1] < withheld[2]


#: A small one, and two others whose order by the stock of all months changes in February.
OVERTAKING = [
    *segment("region", "S", 100, [(0, 0, 3), (0, 6, 5)]),
    *segment("region", "B", 1000, [(80, 12, 8), (20, 12, 8)]),
    *segment("region", "C", 1020, [(20, 12, 8), (20, 12, 8)]),
]


def test_a_unit_that_grows_past_another_stays_withheld() -> None:
    reports = editions(OVERTAKING)[:2]
    for report in reports:
        assert {row["segment"] for row in report if row["is_suppressed"]} == {"B", "S"}
    assert not recovered(OVERTAKING, reports)


def test_a_unit_that_becomes_small_does_not_replace_the_complement() -> None:
    # Alone, February would hide S and C, which are two; January showed C and hid B.
    rows = [
        *segment("region", "S", 100, [(0, 0, 3), (0, 6, 5)]),
        *segment("region", "B", 1000, [(20, 12, 8), (20, 12, 8)]),
        *segment("region", "C", 1020, [(20, 12, 8), (20, 0, 2)]),
    ]
    rows += segment("region", "D", 5000, [(20, 12, 8), (20, 12, 8)])
    first, second, _ = editions(rows)
    assert {row["segment"] for row in first if row["is_suppressed"]} == {"B", "S"}
    assert {row["segment"] for row in second if row["is_suppressed"]} == {"B", "C", "S"}
    assert not recovered(rows, [first, second])


def test_a_choice_that_changes_from_edition_to_edition_would_be_found() -> None:
    first = [row for row in editions(OVERTAKING)[0] if row["segment"] == "C"]
    other = [{**row, "segment": row["unit"]} for row in OVERTAKING if row["unit"] == "B"]
    assert not recovered(OVERTAKING, [first])
    found = recovered(OVERTAKING, [first, other])
    assert (("region", "all", "S"), "deactivations", 0) in found


def test_a_line_that_changes_its_segment_afterwards_stands_in_the_difference_of_editions() -> None:
    # What decision 0018 leaves open: three leavers of January turn out to be of region B.
    rows = [
        *segment("region", "A", 500, [(9, 30, 20)]),
        *segment("region", "B", 500, [(9, 30, 20)]),
    ]
    before = editions(rows)[0]
    after = editions(
        [
            *segment("region", "A", 497, [(9, 30, 17)]),
            *segment("region", "B", 503, [(9, 30, 23)]),
        ]
    )[1]
    assert not any(row["is_suppressed"] for row in [*before, *after])
    left = [row["deactivations"] for row in (*before, *after) if row["segment"] == "B"]
    assert left == [50, 53]
