"""The public file of the sample, attacked with all its tables; the other file tells the truth."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR
from tests.batch_on_the_sample import folder_of_the_test_run, published
from tests.unit.oracles.privacy import FLOWS, Attacker, Cell, Unknown

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

Month = dict[Unknown, int]

_TRUTH = """
    select month, segment_kind, part, unit, measure, amount
    from (
        unpivot (
            select
                month, segment_kind, part, unit, opening_lines, closing_lines, gross_adds,
                deactivations, port_outs
            from inside.churn.fct_churn_segments_monthly
            where is_complete
        ) on opening_lines, closing_lines, gross_adds, deactivations, port_outs
        into name measure value amount
    )
    union all
    select
        deactivated_month, 'recipient', 'all', coalesce(published_group, 'unknown'), 'port_outs',
        count(*)
    from (
        select *, date_trunc('month', deactivated_on)::date as deactivated_month
        from inside.churn.fct_deactivations
        where kind = 'port_out'
    )
    left join inside.core.dim_carriers on recipient_carrier = carrier_code
    where deactivated_month in (
        select month from inside.churn.fct_churn_segments_monthly where is_complete
    )
    group by all
"""
_SHOWN = """
    select month, segment_kind, segment, measure, amount
    from (
        unpivot (
            select
                month, segment_kind, segment, opening_lines, closing_lines, gross_adds,
                deactivations, port_outs
            from outside.churn.rpt_churn_segments_monthly
        ) on opening_lines, closing_lines, gross_adds, deactivations, port_outs
        into name measure value amount
    )
    union all
    select month, 'recipient', recipient, 'port_outs', port_outs
    from outside.churn.rpt_port_destinations_monthly
    where port_outs is not null
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published pair."""
    return published(folder_of_the_test_run(tmp_path_factory)) / "published"


def smallest_that_may_be_shown() -> int:
    path = PROJECT_DIR / "seeds" / "reference" / "ref_privacy_rules.csv"
    with path.open(encoding="utf-8") as stream:
        return max(int(row["min_cell_size"]) for row in csv.DictReader(stream))


def unknown(cell: Cell, measure: str) -> Unknown:
    if measure in FLOWS:
        return cell, measure, 0
    return cell, "stock", int(measure == "closing_lines")


def read(files: Path) -> tuple[dict[date, Month], dict[date, Month], int]:
    """By month: what is true, what is shown; and the smallest count that may be shown."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{files / 'current.duckdb'}' as inside (read_only)")
        connection.execute(f"attach '{files / 'public.duckdb'}' as outside (read_only)")
        true: dict[date, Month] = {}
        cells: dict[tuple[str, str], Cell] = {}
        for month, kind, part, unit, measure, amount in connection.execute(_TRUTH).fetchall():
            cell = (kind, part, unit)
            cells[kind, unit if part in {"all", "handset"} else f"{part}_{unit}"] = cell
            cells[kind, f"{part}_{unit}"] = cell
            true.setdefault(month, {})[unknown(cell, measure)] = amount
        shown: dict[date, Month] = {month: {} for month in true}
        for month, kind, segment, measure, amount in connection.execute(_SHOWN).fetchall():
            shown[month][unknown(cells[kind, segment], measure)] = amount
    return true, shown, smallest_that_may_be_shown()


@pytest.mark.fault(
    kind="privacy",
    tried="every count that the public file of the sample withholds is attacked by subtraction, "
    "with all its tables in hand",
    holds="no count of one to four lines follows; what is shown is what is true",
)
def test_nobody_subtracts_a_small_count_of_the_sample(files: Path) -> None:
    true, shown, smallest = read(files)
    withheld = 0
    for month, figures in true.items():
        assert all(figures.get(place, 0) == amount for place, amount in shown[month].items())
        small = {place for place, amount in figures.items() if 0 < amount < smallest}
        withheld += len(small)
        attacker = Attacker(shown[month], {place[0] for place in figures}, months=1)
        assert not attacker.subtracts() & small, month
    assert withheld > 100
    assert sum(map(len, shown.values())) > 100
