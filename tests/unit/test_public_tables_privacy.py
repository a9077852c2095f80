"""All public tables side by side: nobody subtracts in one what another withholds.

Belongs here: the public tables that count people, from the same lines, and the attacker who has all
of them. Does not belong here: the table of segments alone (test_segment_privacy).
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit import test_segment_privacy as segments
from tests.unit.oracles.models_in_memory import Row, Tables
from tests.unit.oracles.privacy import TOTAL, Attacker, Cell, Counts, Unknown, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.unit.oracles.privacy import Profile

MONTHS, LAST, SMALLEST = segments.MONTHS, segments.LAST, segments.SMALLEST

#: Where lines go: public figures know two network operators and all hosted brands as one.
CARRIERS = {"RIVAL": "RIVAL", "OTHER": "OTHER", "SMALL1": "MVNO", "SMALL2": "MVNO"}

TABLES = Tables(
    {
        "dim_lines": (
            "line_key bigint, is_own_brand boolean, line_kind varchar, plan_tier varchar, "
            "age_band varchar, region varchar, contract_kind varchar, exposure_class varchar, "
            "activated_on date, terminated_on date, termination_kind varchar"
        ),
        "int_line_spells_past": (
            "line_key bigint, is_own_brand boolean, line_kind varchar, activated_on date, "
            "terminated_on date, termination_kind varchar"
        ),
        "int_delivery_facts": "opening_on date, observed_from date, as_of_date date",
        "ref_processing_calendar": "calendar_date date",
        "ref_privacy_rules": "rule varchar, min_cell_size bigint, known_from date",
        "fct_deactivations": "deactivated_on date, kind varchar, recipient_carrier varchar",
        "dim_carriers": "carrier_code varchar, published_group varchar",
    }
)


def recipients_of(lines: Sequence[Profile], seed: int) -> list[str | None]:
    """Where each line would go: some recipients are rare, of some ports none is known."""
    throw = random.Random(seed)
    weights = [throw.choice([1, 0.3, 0.02]) for _ in range(5)]
    names = [*CARRIERS, None]
    return [throw.choices(names, weights)[0] for _ in lines]


def cell_of(recipient: str | None) -> Cell:
    return ("recipient", "all", CARRIERS.get(recipient or "", "unknown"))


def truth(lines: list[Profile], recipients: list[str | None]) -> dict[Cell, Counts]:
    """Counts of every cell of all public tables."""
    cells = counted(lines, segments.OPENING, MONTHS)
    place = {(month.year, month.month): number for number, month in enumerate(MONTHS)}
    for line, recipient in zip(lines, recipients, strict=True):
        if line.termination_kind == "port_out" and line.terminated_on > segments.OPENING:
            counts = cells.setdefault(cell_of(recipient), {"port_outs": [0] * len(MONTHS)})
            counts["port_outs"][place[line.terminated_on.timetuple()[:2]]] += 1
    return cells


def reports(
    lines: list[Profile], recipients: list[str | None], as_of: date = LAST
) -> tuple[list[Row], list[Row]]:
    """Both public tables, as of a day."""
    known = [
        (line, recipient)
        for line, recipient in zip(lines, recipients, strict=True)
        if line.activated_on <= as_of
    ]
    inputs = segments.inputs(segments.known_by(lines, as_of), as_of)
    inputs["fct_deactivations"] = [
        {
            "deactivated_on": line.terminated_on,
            "kind": line.termination_kind,
            "recipient_carrier": recipient if line.termination_kind == "port_out" else None,
        }
        for line, recipient in known
        if line.terminated_on and segments.OPENING < line.terminated_on <= as_of
    ]
    inputs["dim_carriers"] = [
        {"carrier_code": code, "published_group": group} for code, group in CARRIERS.items()
    ]
    TABLES.fill_many(inputs)
    by_segment = TABLES.build(
        "fct_churn_segments_monthly", "fct_segments_withheld", "rpt_churn_segments_monthly"
    )
    return by_segment, TABLES.build("rpt_port_destinations_monthly")


def shown_by(
    cells: Mapping[Cell, Counts], by_segment: list[Row], by_recipient: list[Row]
) -> dict[Unknown, int]:
    """What both tables tell, shares and all."""
    of_segments = {cell: counts for cell, counts in cells.items() if cell[0] != "recipient"}
    shown = segments.shown_by(of_segments, by_segment)
    totals = {row["month"]: row["port_outs"] for row in by_segment if row["segment"] == "total"}
    for row in by_recipient:
        cell, month = ("recipient", "all", row["recipient"]), MONTHS.index(row["month"])
        assert row["is_suppressed"] == (row["port_outs"] is None)
        if row["port_outs"] is not None:
            shown[cell, "port_outs", month] = row["port_outs"]
            # A share tells the total.
            if row["port_outs"]:
                total = round(row["port_outs"] / float(row["share_of_port_outs"]))
                assert totals[row["month"]] == total
                shown[TOTAL, "port_outs", month] = total
    return shown


def small(cells: Mapping[Cell, Counts]) -> set[Unknown]:
    of_segments = {cell: counts for cell, counts in cells.items() if cell[0] != "recipient"}
    return segments.small(of_segments) | {
        (cell, "port_outs", month)
        for cell, counts in cells.items()
        for month, amount in enumerate(counts["port_outs"])
        if 0 < amount < SMALLEST
    }


CASES = [(seed, 400 if seed % 3 == 1 else 1200) for seed in range(4)]


@pytest.mark.fault(
    kind="privacy",
    tried="every count that a public table withholds is attacked by subtraction, with all public "
    "tables of the file in hand and with three monthly editions of them",
    holds="no count of one to four lines follows from what is shown",
)
@pytest.mark.parametrize(("seed", "size"), CASES)
def test_nobody_subtracts_a_small_count_across_tables(seed: int, size: int) -> None:
    lines = segments.population(seed, size)
    recipients = recipients_of(lines, seed)
    cells = truth(lines, recipients)
    shown: dict[Unknown, int] = {}
    for as_of in (MONTHS[1] - timedelta(1), MONTHS[2] - timedelta(1), LAST):
        edition = shown_by(cells, *reports(lines, recipients, as_of))
        assert all(shown.get(unknown, value) == value for unknown, value in edition.items())
        shown |= edition
    assert not any(0 < value < SMALLEST for value in shown.values())
    attacker = Attacker(shown, cells, len(MONTHS))
    assert not attacker.subtracts() & small(cells)


def test_some_recipients_are_shown_and_some_withheld() -> None:
    states = set()
    for seed, size in CASES:
        lines = segments.population(seed, size)
        _, by_recipient = reports(lines, recipients_of(lines, seed))
        states |= {row["is_suppressed"] for row in by_recipient}
        cells = truth(lines, recipients_of(lines, seed))
        for row in by_recipient:
            if not row["is_suppressed"]:
                counts = cells["recipient", "all", row["recipient"]]
                assert row["port_outs"] == counts["port_outs"][MONTHS.index(row["month"])]
    assert states == {True, False}


def destinations(counts: Sequence[Sequence[int]]) -> tuple[dict[Cell, Counts], list[Row]]:
    """The table of destinations from counts by recipient and month, the total being shown."""
    names = ["RIVAL", "OTHER", "SMALL1", None][: len(counts)]
    inputs = segments.inputs([])
    inputs["fct_deactivations"] = [
        {"deactivated_on": month, "kind": "port_out", "recipient_carrier": name}
        for name, by_month in zip(names, counts, strict=True)
        for month, amount in zip(MONTHS, by_month, strict=True)
        for _ in range(amount)
    ]
    inputs["dim_carriers"] = [
        {"carrier_code": code, "published_group": group} for code, group in CARRIERS.items()
    ]
    TABLES.fill_many(inputs)
    TABLES.rows(
        "create or replace table fct_churn_segments_monthly as "
        "select date_trunc('month', deactivated_on)::date as month, true as is_complete, "
        "'total' as segment_kind, 'all' as part, 'total' as unit, count(*) as port_outs "
        "from (from fct_deactivations union all "
        f"select unnest([{', '.join(f'date {month.isoformat()!r}' for month in MONTHS)}]), "
        "'none', null) where kind = 'port_out' or kind = 'none' group by 1"
    )
    TABLES.rows(
        "update fct_churn_segments_monthly set port_outs = port_outs - 1 returning port_outs"
    )
    TABLES.rows(
        "create or replace table fct_segments_withheld as "
        "select 'age_band' as segment_kind, 'old' as unit, true as is_suppressed"
    )
    cells = {cell_of(n): {"port_outs": list(c)} for n, c in zip(names, counts, strict=True)}
    return cells, TABLES.build("rpt_port_destinations_monthly")


def attack(cells: dict[Cell, Counts], rows: list[Row]) -> set[Unknown]:
    """What follows from the shown destinations and the total."""
    months = range(len(MONTHS))
    shown: dict[Unknown, int] = {
        (TOTAL, "port_outs", month): sum(counts["port_outs"][month] for counts in cells.values())
        for month in months
    }
    shown |= {
        (("recipient", "all", row["recipient"]), "port_outs", MONTHS.index(row["month"])): row[
            "port_outs"
        ]
        for row in rows
        if row["port_outs"] is not None
    }
    found = Attacker(shown, [TOTAL, *cells], len(MONTHS)).subtracts()
    return {
        unknown
        for unknown in found
        if unknown[0] in cells and 0 < cells[unknown[0]]["port_outs"][unknown[2]] < SMALLEST
    }


MANY_CASES = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
COUNTS = st.lists(
    st.lists(st.sampled_from([0, 0, 1, 3, 4, 5, 6, 20]), min_size=3, max_size=3),
    min_size=2,
    max_size=4,
)


@MANY_CASES
@given(COUNTS)
def test_no_small_destination_follows_from_the_others(counts: list[list[int]]) -> None:
    cells, rows = destinations(counts)
    assert attack(cells, rows) == set()


@pytest.mark.fault(
    kind="privacy",
    tried="what is too small is withheld, and nothing beside it",
    holds="the attacker of these tests finds it: a missing complement does not pass",
)
def test_without_complements_the_attacker_finds_the_small_destination() -> None:
    cells, rows = destinations([[20, 20, 20], [3, 20, 20], [6, 7, 8]])
    assert attack(cells, rows) == set()
    spoilt = [
        {
            **row,
            "port_outs": None
            if row["recipient"] == "OTHER"
            else cells["recipient", "all", row["recipient"]]["port_outs"][
                MONTHS.index(row["month"])
            ],
        }
        for row in rows
    ]
    assert attack(cells, spoilt) == {(("recipient", "all", "OTHER"), "port_outs", 0)}
