"""Every figure shows what the marts hold: one query by hand for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pytest
from jsonschema import ValidationError

from briefing import charts, figures, findings, words
from orchestration import analyses, tables
from tests.briefing import pages

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from briefing.figures import Answer

#: Figure -> what is added up of its rows, and the same asked of the marts by hand.
BY_HAND = {
    "timeline": (
        lambda rows: [(len(rows), rows[0]["occurred_on"], rows[-1]["occurred_on"])],
        "select count(*), min(occurred_on), max(occurred_on) from incident.fct_incident_events "
        "where incident_id in (select incident_id from core.dim_incidents where is_of_operator)",
    ),
    "lines_lost_daily": (
        lambda rows: [
            (sum(row["actual"] for row in rows if row["recipient"] == "all" and row["phase"]),)
        ],
        "select actual from churn.rpt_excess_churn where is_headline",
    ),
    "share_by_basis": (
        lambda rows: sorted(
            (row["basis"], row["ports"], row["share"])
            for row in rows
            if row["recipient"] == "SK Telecom" and str(row["period_to"]) == "2026-01-03"
        ),
        "select distinct basis, ports, share from churn.rpt_port_share where recipient = 'SKT' "
        "and period_from = '2025-12-31' and period_to = '2026-01-03' order by basis",
    ),
    "exposure": (
        lambda rows: sorted(
            (row["element"], row["cumulative_lines"])
            for row in rows
            if row["confirmed_on"] == max(each["confirmed_on"] for each in rows)
        ),
        "select element, count(distinct line_key) from incident.fct_identifier_exposures "
        "group by 1 union all select 'unauthorised_payment', count(distinct line_key) "
        "from incident.fct_unauthorised_payments where is_confirmed order by 1",
    ),
    "survival_by_exposure": (
        lambda rows: sorted(
            (row["exposure_class"], row["survival"]) for row in rows if row["until_day"]
        ),
        "select stratum, min(survival) from churn.rpt_survival "
        "where time_origin = 'disclosure' and stratum_kind = 'exposure_class' "
        "group by 1 order by 1",
    ),
    "refunds_by_state": (
        lambda rows: [(sum(row["amount_krw"] for row in rows),)],
        "select (select sum(paid_krw + outstanding_krw + reversed_krw + expired_krw) "
        "from compensation.fct_refund_positions) + (select sum(covered_krw) "
        "from compensation.fct_waiver_decisions "
        "where is_current and is_eligible and not is_payable)",
    ),
    "cost_by_programme": (
        lambda rows: sorted((row["programme_id"], row["ultimate_krw"]) for row in rows),
        "select programme_id, ultimate_krw from compensation.rpt_compensation_cost_monthly "
        "where row_kind != 'total' qualify cost_month = max(cost_month) over () order by 1",
    ),
    "policy_scenarios": (
        lambda rows: sorted(
            (row["scenario_id"], row["eligible_lines"], row["cost_krw"]) for row in rows
        ),
        "select scenario_id, sum(lines) filter (where reason_code = 'eligible'), sum(cost_krw) "
        "from compensation.rpt_policy_scenarios where segment_kind = 'total' group by 1 order by 1",
    ),
    "published_claims": (
        lambda rows: sorted((row["claim_id"], row["basis"], row["verdict"]) for row in rows),
        "select claim_id, basis, verdict from reconciliation.rpt_published_claims order by 1, 2",
    ),
    "data_quality": (
        lambda rows: [
            tuple(
                sum(row[name] for row in rows) for name in ("delivered", "quarantined", "overdue")
            )
        ],
        "select sum(delivered), sum(quarantined), (select count(*) from "
        "reconciliation.fct_quarantined_rows where is_quarantined and is_overdue) "
        "from reconciliation.rpt_batch_conservation",
    ),
    "headline": (
        lambda rows: [(row["headline"], row["amount"], row["low"], row["high"]) for row in rows],
        """
        select 'excess_lines', excess_lines, excess_lines_low, excess_lines_high
        from churn.rpt_excess_churn where is_headline
        union all select 'window_lines', sum(ports), null, null from churn.rpt_port_share
        where period_kind = 'policy_window' and basis = 'all_destinations'
        and period_from = (select min(date) from core.dim_dates where is_waiver_window)
        and period_to = (select max(date) from core.dim_dates where is_waiver_window)
        union all select 'entitled_lines', count(distinct line_key), null, null
        from compensation.fct_waiver_decisions where is_current and is_eligible
        union all select 'refunded_krw', sum(paid_krw), null, null
        from compensation.fct_refund_positions
        union all select 'owed_krw', sum(outstanding_krw), null, null
        from compensation.fct_refund_positions
        union all select 'cost_krw', krw, low_krw, high_krw
        from compensation.rpt_incident_cost where is_total
        """,
    ),
    "incident": (
        lambda rows: [(row["incident_id"], row["carrier_name"]) for row in rows],
        "select incident_id, carrier_name from core.dim_incidents "
        "join core.dim_carriers using (carrier_code) where is_operator",
    ),
}


@pytest.fixture(scope="module")
def answers(published: duckdb.DuckDBPyConnection) -> dict[str, Answer]:
    return figures.answers(published)


def test_every_query_of_the_folder_is_a_figure_and_is_asked_by_hand_too() -> None:
    names = {each.name for each in analyses.read(figures.FOLDER)}
    assert names == {*figures.FIGURES, figures.HEADLINE, figures.INCIDENT} == set(BY_HAND)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_a_figure_equals_the_marts(
    name: str, answers: dict[str, Answer], published: duckdb.DuckDBPyConnection
) -> None:
    add_up, query = BY_HAND[name]
    assert answers[name].rows
    assert add_up(answers[name].rows) == published.execute(query).fetchall()


@pytest.mark.parametrize("analysis", analyses.read(figures.FOLDER), ids=lambda each: each.name)
def test_the_property_file_names_the_columns(
    analysis: analyses.Analysis, answers: dict[str, Answer]
) -> None:
    assert answers[analysis.name].columns == tuple(analysis.columns)


def test_a_chart_that_raises_its_numbers_to_all_lines_raises_what_was_counted(
    answers: dict[str, Answer], published: duckdb.DuckDBPyConnection
) -> None:
    its, generation = words.read("en"), figures.generation(published)
    rows = answers["cost_by_programme"].rows
    (panel,) = charts.panels("cost_by_programme", rows, its, generation)
    spans, dots = (panel.spec["datasets"][name] for name in ("spans", "dots"))
    drawn = {(row["programme"].replace("\n", " "), row["measure"]): row["amount"] for row in dots}
    assert generation.lines_per_line == 1000
    for row in rows:
        times = 1 if row["is_whole"] else 1000
        name = row["programme_name"]
        if row["announced_krw"]:
            assert drawn[name, "announced"] == pytest.approx(row["announced_krw"] / 1e6)
        if row["ultimate_krw"]:
            assert drawn[name, "ultimate"] == pytest.approx(row["ultimate_krw"] * times / 1e6)
    assert [row["programme_id"] for row in rows if row["is_whole"]] == ["security_investment"]
    assert len(spans) == sum(bool(row["ultimate_low_krw"]) for row in rows)


@pytest.mark.parametrize("name", figures.FIGURES)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_chart_is_what_the_charting_library_calls_one(
    name: str,
    language: str,
    answers: dict[str, Answer],
    published: duckdb.DuckDBPyConnection,
) -> None:
    generation = figures.generation(published)
    drawn = charts.panels(name, answers[name].rows, words.read(language), generation)
    assert drawn
    for panel in drawn:
        alt.Chart.from_dict(panel.spec)
    spoiled = panel.spec | {"width": "wide"}
    with pytest.raises(ValidationError):
        alt.Chart.from_dict(spoiled)


def test_years_of_days_are_cut_to_the_newest(
    sample: Path, tmp_path: Path, answers: dict[str, Answer]
) -> None:
    years = pages.change(
        pages.copy(sample, tmp_path, "years", {}, "true"),
        "insert into churn.rpt_excess_churn_daily by name select * "
        "replace (cast(processed_on - interval 2 year as date) as processed_on) "
        "from churn.rpt_excess_churn_daily",
    )
    with tables.reader(years) as connection:
        found = figures.answers(connection)["lines_lost_daily"].rows
    for recipient in {row["recipient"] for row in found}:
        its = [row for row in found if row["recipient"] == recipient]
        known = [row for row in answers["lines_lost_daily"].rows if row["recipient"] == recipient]
        assert len(its) == 400 > len(known)
        assert its[-len(known) :] == known


def test_more_rows_than_a_page_can_hold_are_refused(published: duckdb.DuckDBPyConnection) -> None:
    rows = [{"event_kind": "detected"}] * (charts.MOST_ROWS + 1)
    with pytest.raises(ValueError, match="4001 rows"):
        charts.panels("timeline", rows, words.read("en"), figures.generation(published))


def test_findings_are_those_of_the_rows() -> None:
    rows = [
        {"refund_state": "paid", "amount_krw": 300},
        {"refund_state": "outstanding", "amount_krw": 100},
        {"refund_state": "not_claimed", "amount_krw": 900},
    ]
    assert findings.of("refunds_by_state", rows) == {"share": ("share", 0.75)}
    assert findings.of("refunds_by_state", rows[2:]) is None
    days = [
        {"recipient": "all", "processed_on": day, "actual": actual, "expected": expected}
        for day, actual, expected in ((1, 5, 2), (2, 9, 3), (3, 99, None))
    ]
    assert findings.of("lines_lost_daily", days)["processed_on"] == ("processed_on", 2)  # type: ignore[index]
    assert findings.of("timeline", days) is None


def test_a_period_that_lasts_has_no_outcome_yet() -> None:
    rows = [
        {
            **dict.fromkeys(("period_from", "period_to"), period),
            "is_complete": period < 3,
            "recipient": "A",
            "ports": 5,
            "share": period / 10,
        }
        for period in (1, 2, 3)
    ]
    found = findings.of("share_by_basis", rows)
    assert found
    assert found["period_to"] == ("period_to", 2)
    assert found["high"] == ("share", 0.2)
    assert findings.of("share_by_basis", rows[2:]) is None


def test_scenarios_of_two_policies_are_not_added_up(
    answers: dict[str, Answer], published: duckdb.DuckDBPyConnection
) -> None:
    rows = answers["policy_scenarios"].rows
    doubled = [*rows, *({**row, "policy_id": "other_terms"} for row in rows)]
    its, generation = words.read("en"), figures.generation(published)
    (one,) = charts.panels("policy_scenarios", rows, its, generation)
    two = charts.panels("policy_scenarios", doubled, its, generation)
    assert [panel.spec["datasets"] for panel in two] == [one.spec["datasets"]] * 2
    assert (one.title, two[1].title) == ("", "other terms")


def test_curves_start_at_one_disclosure(
    sample: Path, tmp_path: Path, answers: dict[str, Answer]
) -> None:
    again = pages.change(
        pages.copy(sample, tmp_path, "again", {}, "true"),
        "insert into churn.rpt_survival by name select * replace ('BEFORE' as incident_id) "
        "from churn.rpt_survival where time_origin = 'disclosure'; "
        "insert into core.dim_incidents by name select * replace ('BEFORE' as incident_id, "
        "cast(started_on - interval 1 year as date) as started_on) "
        "from core.dim_incidents where is_of_operator",
    )
    with tables.reader(again) as connection:
        found = figures.answers(connection, ["survival_by_exposure"])["survival_by_exposure"]
    assert found.rows == answers["survival_by_exposure"].rows
