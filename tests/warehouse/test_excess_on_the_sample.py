"""Excess churn on the bundled sample, as of the newest batch and of days before it.

Belongs here: what only the sample's own deliveries and registers show - which days are quiet, which
phases are known when. Does not belong here: the fit (`tests/unit/test_excess_churn.py`).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.warehouse.sample_warehouse import NEWEST, REPLAYED

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import Row, SampleWarehouse

IN_THE_WINDOW, BEFORE_THE_DRAFT = REPLAYED


def phases(sample: SampleWarehouse, as_of: date) -> dict[str, Row]:
    rows = sample.query(
        as_of,
        "select * from churn.rpt_excess_churn where method = 'baseline'"
        " and segment_kind = 'total' and recipient = 'all'",
    )
    return {row["phase"]: row for row in rows}


def test_the_window_of_the_sample_lost_far_more_than_its_interval(sample: SampleWarehouse) -> None:
    known = phases(sample, NEWEST)
    assert sorted(known) == ["aftermath", "anticipation", "disclosure", "whole", "window"]
    assert known["window"]["actual"] == 313
    assert 240 < known["window"]["excess_lines_low"] < known["window"]["excess_lines"] < 300
    assert known["whole"]["is_headline"]
    # At three ports a day the half year around the window is known to some hundreds of lines only.
    assert known["whole"]["excess_lines_low"] < 275 < known["whole"]["excess_lines_high"]


def test_a_day_in_the_window_knows_the_phases_so_far(sample: SampleWarehouse) -> None:
    known = phases(sample, IN_THE_WINDOW)
    assert sorted(known) == ["anticipation", "disclosure", "whole", "window"]
    assert (known["window"]["days"], known["window"]["last_on"]) == (3, IN_THE_WINDOW)
    assert known["whole"]["last_on"] == IN_THE_WINDOW


def test_before_the_draft_all_days_since_the_news_are_of_the_disclosure(
    sample: SampleWarehouse,
) -> None:
    known = phases(sample, BEFORE_THE_DRAFT)
    assert sorted(known) == ["disclosure", "whole"]
    disclosed = known["disclosure"]
    # Before anybody could wait, the news alone moves less than the sample can show.
    assert disclosed["excess_lines_low"] < 0 < disclosed["excess_lines_high"]
    assert disclosed["days"] == known["whole"]["days"]


@pytest.mark.parametrize("as_of", [NEWEST, *REPLAYED])
def test_quiet_days_end_with_the_news(sample: SampleWarehouse, as_of: date) -> None:
    (row,) = sample.query(
        as_of,
        "select count(*) as days, max(processed_on) as last_on, min(fit_days) as fit_days"
        " from churn.rpt_excess_churn_daily where is_fit_day"
        " and segment_kind = 'total' and recipient = 'all'",
    )
    assert row["last_on"] == date(2025, 9, 10)
    assert row["days"] == row["fit_days"]
