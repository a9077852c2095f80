"""Metrics as MetricFlow answers them: each is the number that a mart publishes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from orchestration import analyses
from orchestration.errors import BadInput, NotPublishable
from orchestration.metrics import SEMANTIC_MANIFEST, Metrics, newest_manifest
from orchestration.settings import Settings
from tests import batch_on_the_sample
from tests.batch_on_the_sample import folder_of_the_test_run

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

MONTHLY = (
    "select month, {column} from churn.rpt_churn_monthly where segment_kind = 'total' order by 1"
)
COST = (
    "select programme_id, {column} from compensation.rpt_compensation_cost_monthly "
    "where not is_total {which} group by 1 order by 1"
)
NEWEST = "and cost_month = (select max(cost_month) from compensation.rpt_compensation_cost_monthly)"
CLAIM = (
    "select cast(max(computed_value) as bigint) from reconciliation.rpt_published_claims "
    "where metric = '{metric}' and is_published_by_as_of"
)
MONTH = "metric_time__month"
PROGRAMME = "cost_row__programme_id"

#: Metric, what it is split by, and the published numbers in the same order.
PUBLISHED = [
    ("deactivations", [MONTH], MONTHLY.format(column="deactivations")),
    ("lines_lost", [MONTH], MONTHLY.format(column="deactivations")),
    ("port_outs", [MONTH], MONTHLY.format(column="port_outs")),
    ("gross_adds", [MONTH], MONTHLY.format(column="gross_adds")),
    ("opening_lines", [MONTH], MONTHLY.format(column="opening_lines")),
    ("closing_lines", [MONTH], MONTHLY.format(column="closing_lines")),
    ("churn_rate", [MONTH], MONTHLY.format(column="churn_rate")),
    ("excess_churn", [], "select excess_lines from churn.rpt_excess_churn where is_headline"),
    (
        "expected_ports",
        [],
        "select round(expected) from churn.rpt_excess_churn where is_headline",
    ),
    ("incurred_cost_krw", [PROGRAMME], COST.format(column="sum(incurred_krw)", which="")),
    ("paid_cost_krw", [PROGRAMME], COST.format(column="sum(paid_krw)", which="")),
    ("outstanding_krw", [PROGRAMME], COST.format(column="max(outstanding_krw)", which=NEWEST)),
    ("ultimate_cost_krw", [PROGRAMME], COST.format(column="max(ultimate_krw)", which=NEWEST)),
    ("eligible_lines", [], CLAIM.format(metric="waiver_eligible_lines")),
    (
        "waiver_refunds_krw",
        [],
        "select sum(paid_krw) from compensation.fct_waiver_decisions where is_current",
    ),
    ("exposed_lines", [], CLAIM.format(metric="exposed_users")),
    ("unauthorised_payments", [], CLAIM.format(metric="unauthorised_payment_cases")),
    ("unauthorised_payments_krw", [], CLAIM.format(metric="unauthorised_payment_krw")),
    (
        "delivered",
        ["delivery__entity"],
        "select entity, sum(delivered) from reconciliation.rpt_batch_conservation "
        "group by 1 order by 1",
    ),
    (
        "quarantined",
        [],
        "select count(*) from reconciliation.fct_quarantined_rows where is_quarantined",
    ),
    (
        "quarantine_rate",
        [],
        "select sum(quarantined) / sum(delivered) from reconciliation.rpt_batch_conservation",
    ),
]


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    build = batch_on_the_sample.published(folder_of_the_test_run(tmp_path_factory))
    settings = Settings.from_env({"AFTERMATH_BUILD_DIR": str(build)})
    return Metrics(settings.dbt_target_dir / SEMANTIC_MANIFEST)


def test_every_metric_is_held_against_a_published_number(metrics: Metrics) -> None:
    assert {name for name, _, _ in PUBLISHED} == set(metrics.described())


@pytest.mark.parametrize(("name", "by", "query"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_the_metric_is_the_published_number(
    metrics: Metrics, published: duckdb.DuckDBPyConnection, name: str, by: list[str], query: str
) -> None:
    answered = published.execute(metrics.sql([name], by)).fetchall()
    expected = published.execute(query).fetchall()
    assert expected
    assert len(answered) == len(expected)
    # Published numbers are whole, rates have eight places.
    tolerance = 5e-9 if name.endswith("rate") else 0.5
    for row, published_row in zip(answered, expected, strict=True):
        assert float(row[-1]) == pytest.approx(float(published_row[-1]), rel=0, abs=tolerance)
        if by == [MONTH]:
            assert row[0].date() == published_row[0]
        elif by:
            assert row[0] == published_row[0]


def test_claims_on_ports_read_the_same_definition(
    metrics: Metrics, published: duckdb.DuckDBPyConnection
) -> None:
    claims = published.execute(
        "select claim_id, period_from, period_to, computed_value "
        "from reconciliation.rpt_published_claims "
        "where metric = 'port_outs' and basis = 'all_destinations'"
    ).fetchall()
    assert claims
    for claim_id, first, last, computed in claims:
        (answered,) = published.execute(
            metrics.sql(["port_outs"], first=first, last=last)
        ).fetchone() or (None,)
        assert answered == computed, claim_id


def test_the_briefing_reads_the_same_definitions(
    metrics: Metrics, published: duckdb.DuckDBPyConnection
) -> None:
    (headline,) = (each for each in analyses.read("briefing") if each.name == "headline")
    answered = published.execute(headline.published_sql(analyses.schemas_of(published))).fetchall()
    told = {name: amount for name, _, amount, _, _ in answered}
    window = published.execute(
        "select first_on, last_on from churn.rpt_excess_churn where method = 'baseline' "
        "and phase = 'window' and segment_kind = 'total' and recipient = 'all'"
    ).fetchone()
    assert window
    defined = {
        "excess_lines": metrics.sql(["excess_churn"]),
        "window_lines": metrics.sql(["port_outs"], first=window[0], last=window[1]),
        "entitled_lines": metrics.sql(["eligible_lines"]),
    }
    for name, query in defined.items():
        ((amount,),) = published.execute(query).fetchall()
        assert round(amount) == told[name], name


def test_a_metric_that_does_not_exist_is_named(metrics: Metrics) -> None:
    with pytest.raises(BadInput, match="no metric churn"):
        metrics.sql(["churn"])


def test_a_split_that_does_not_fit_says_where_to_look(metrics: Metrics) -> None:
    with pytest.raises(BadInput, match="BY="):
        metrics.sql(["churn_rate"], ["cost_row__programme_id"])
    assert "service_day__segment" in metrics.groupings("churn_rate")


def test_before_the_first_batch_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with pytest.raises(NotPublishable, match="make run"):
        Metrics(tmp_path / SEMANTIC_MANIFEST)


def test_whoever_asks_need_not_say_what_exports_the_batch_read(tmp_path: Path) -> None:
    settings = Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path)})
    assert settings.raw_carrier == "seeds"
    assert newest_manifest(settings) == tmp_path / "dbt" / "seeds" / SEMANTIC_MANIFEST
    for age, carrier in enumerate(("landing", "seeds")):
        written = tmp_path / "dbt" / carrier / SEMANTIC_MANIFEST
        written.parent.mkdir(parents=True)
        written.touch()
        os.utime(written, (1000 - age, 1000 - age))
        assert newest_manifest(settings) == tmp_path / "dbt" / "landing" / SEMANTIC_MANIFEST
