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


def test_later_claims_for_the_waiver_stay_within_the_ranges_given_before(
    sample: SampleWarehouse,
) -> None:
    rows = sample.query(
        NEWEST,
        "select * from compensation.rpt_programme_ultimates "
        f"where programme_id = 'fee_waiver' and valuation_on >= date '{SINCE_THE_WINDOW}' "
        "order by valuation_on",
    )
    assert len(rows) == 3
    came = rows[-1]["cumulative_incurred_krw"]
    for row in rows[:-1]:
        assert row["ultimate_low_krw"] <= came <= row["ultimate_high_krw"], row["cost_month"]
        assert row["cumulative_incurred_krw"] < came


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
