"""Survival on the bundled sample: a recount line by line, and what the scenario planted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.oracles.survival import Followed, followed, kaplan_meier
from tests.warehouse.sample_warehouse import NEWEST, REPLAYED

if TYPE_CHECKING:
    from datetime import date

    from tests.warehouse.sample_warehouse import SampleWarehouse

#: Own-brand handsets, as ref_survival_rules says.
LINES = """
    select lines.activated_on, lines.terminated_on, lines.termination_kind, lines.contract_kind
    from core.dim_lines as lines
    where lines.is_own_brand and lines.line_kind = 'handset'
"""
DISCLOSED = """
    select min(events.occurred_on) as day, incidents.incident_id
    from incident.fct_incident_events as events
    inner join core.dim_incidents as incidents on events.incident_id = incidents.incident_id
    where incidents.is_of_operator and events.event_kind = 'disclosed'
    group by 2
"""


def observed(sample: SampleWarehouse, as_of: date) -> tuple[date, date]:
    """First and last day of the daily report."""
    (row,) = sample.query(
        as_of,
        "select min(service_date) as first, max(service_date) as last from churn.rpt_churn_daily",
    )
    return row["first"], row["last"]


@pytest.mark.parametrize(
    ("as_of", "stratum"),
    [
        (NEWEST, "selective_discount"),
        (REPLAYED[0], "total"),
        (REPLAYED[1], "device_subsidy"),
    ],
)
def test_the_curve_since_the_disclosure_is_that_of_its_lines(
    sample: SampleWarehouse, as_of: date, stratum: str
) -> None:
    (disclosure,) = sample.query(as_of, DISCLOSED)
    days = observed(sample, as_of)
    clocks = [
        followed(
            line["activated_on"],
            line["terminated_on"],
            line["termination_kind"],
            days,
            disclosure["day"],
        )
        for line in sample.query(as_of, LINES)
        if stratum in {"total", line["contract_kind"]}
    ]
    lines: list[Followed] = [clock for clock in clocks if clock is not None]
    expected = kaplan_meier(lines, {"port_out", "voluntary"}, 20)
    found: dict[int, dict[str, Any]] = {
        row["day_number"]: row
        for row in sample.query(
            as_of,
            "select day_number, at_risk, events, survival, standard_error"
            " from churn.rpt_survival where time_origin = 'disclosure'"
            f" and incident_id = '{disclosure['incident_id']}' and stratum = '{stratum}'",
        )
    }
    assert sorted(found) == sorted(expected)
    for day, step in expected.items():
        assert (found[day]["at_risk"], found[day]["events"]) == (step.at_risk, step.events)
        assert float(found[day]["survival"]) == pytest.approx(float(step.survival), abs=1e-9)
        assert float(found[day]["standard_error"]) == pytest.approx(step.standard_error, abs=1e-9)


def test_every_day_observed_of_every_line_is_at_risk_once(sample: SampleWarehouse) -> None:
    first, last = observed(sample, NEWEST)
    lines = [
        line
        for line in sample.query(NEWEST, LINES)
        if line["terminated_on"] is None or line["terminated_on"] >= first
    ]
    days_in_service = sum(
        ((line["terminated_on"] or last) - max(line["activated_on"], first)).days + 1
        for line in lines
    )
    (row,) = sample.query(
        NEWEST,
        "select cast(sum(case when change_kind = 'entered' then -lines * (day_number - 1)"
        " else lines * day_number end) as bigint) as days from churn.fct_risk_set_changes"
        " where time_origin = 'activation' and stratum = 'total'",
    )
    assert row["days"] == days_in_service
    assert last - first > timedelta(300)


def test_the_hazard_peaks_where_the_scenario_ends_its_contracts(sample: SampleWarehouse) -> None:
    def hazard(condition: str) -> tuple[int, float]:
        (row,) = sample.query(
            NEWEST,
            "select sum(departures) as departures, cast(sum(line_months) as double) as months"
            f" from churn.rpt_hazard_by_contract_month where {condition}",
        )
        return row["departures"], row["departures"] / row["months"]

    within, in_term = hazard("months_after_term <= 0")
    after, at_end = hazard("months_after_term between 1 and 3")
    later, beyond = hazard("months_after_term > 3")
    # Leavers are planted in the term and up to 75 days after it; contracts older than that belong
    # to those who stay, and to a few cases made up for the terms of the waiver.
    assert at_end > 1.1 * in_term
    assert beyond < 0.2 * in_term
    assert later < 0.05 * within
    # 22 of 80 quiet leavers with a contract are just after it, 7 of 91 of the incident's.
    assert 7 / 91 < after / (after + within) < 22 / 80
