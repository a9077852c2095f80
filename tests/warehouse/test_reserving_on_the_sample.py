"""Development, ultimates and provisions of the bundled sample, on the newest day and replayed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.warehouse.sample_warehouse import NEWEST, REPLAYED

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse

IN_THE_WINDOW, BEFORE_THE_ANNOUNCEMENT = REPLAYED
#: The window has closed: nobody can become entitled after it.
SINCE_THE_WINDOW = date(2026, 1, 31)


def test_later_claims_stay_within_the_range_and_an_extension_is_news(
    sample: SampleWarehouse,
) -> None:
    rows = sample.query(
        NEWEST,
        "select * from compensation.rpt_programme_ultimates "
        f"where programme_id = 'fee_waiver' and valuation_on >= date '{SINCE_THE_WINDOW}' "
        "order by valuation_on",
    )
    january, february, newest = rows
    came = newest["cumulative_incurred_krw"]
    assert february["ultimate_low_krw"] <= came <= february["ultimate_high_krw"]
    assert february["cumulative_incurred_krw"] < came
    # On the last day of January claims were to close that day: nothing was expected any more.
    assert january["expected_to_come_krw"] == 0
    assert january["ultimate_krw"] < came


def test_a_month_closes_with_what_its_own_run_had(sample: SampleWarehouse) -> None:
    """The deadline was moved after January: its closing provision knows nothing of it."""
    rows = sample.query(
        NEWEST,
        "select * from compensation.rpt_provision_rollforward "
        "where programme_id = 'fee_waiver' order by cost_month",
    )
    january, february = rows[1:3]
    assert january["closing_krw"] == february["opening_krw"]
    outstanding = sample.query(
        NEWEST,
        "select outstanding_krw from compensation.rpt_compensation_cost_monthly "
        "where programme_id = 'fee_waiver' "
        f"and cost_month = date '{january['cost_month']}'",
    )
    assert january["closing_krw"] == outstanding[0]["outstanding_krw"]
    assert february["reestimates_krw"] > 0


def test_before_the_announcement_only_the_victims_programmes_are_estimated(
    sample: SampleWarehouse,
) -> None:
    rows = sample.query(
        BEFORE_THE_ANNOUNCEMENT,
        "select programme_id, max(valuation_on) as valued_on "
        "from compensation.rpt_programme_ultimates group by 1",
    )
    assert rows
    assert all(row["programme_id"].startswith("victim_") for row in rows)
    assert {row["valued_on"] for row in rows} == {BEFORE_THE_ANNOUNCEMENT}


def test_while_nobody_can_claim_the_whole_of_the_expected_waiver_is_to_come(
    sample: SampleWarehouse,
) -> None:
    rows = sample.query(
        IN_THE_WINDOW,
        "select * from compensation.fct_cohort_ultimates "
        f"where programme_id = 'fee_waiver' and valuation_on = date '{IN_THE_WINDOW}'",
    )
    assert rows
    for row in rows:
        assert (row["age"], row["taken_krw"], row["developed_share"]) == (None, 0, 0)
        assert abs(row["ultimate_krw"] - 0.8 * row["entitled_krw"]) <= 1


def test_every_programme_has_one_estimate_a_month_and_packages_none(
    sample: SampleWarehouse,
) -> None:
    rows = sample.query(
        NEWEST,
        "select programmes.programme_id, programmes.kind, count(ultimates.cost_month) as months "
        "from core.dim_programmes as programmes "
        "left join compensation.rpt_programme_ultimates as ultimates "
        "on programmes.programme_id = ultimates.programme_id group by 1, 2",
    )
    assert rows
    assert all((row["months"] == 0) == (row["kind"] == "package") for row in rows)
