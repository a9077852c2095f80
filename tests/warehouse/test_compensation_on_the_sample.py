"""Compensation of the bundled sample against what its generator had in mind."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration.settings import DEMO_PSEUDONYM_KEY
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import truth as truths
from tests.warehouse.sample_warehouse import NEWEST

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse

BEFORE_THE_ANNOUNCEMENT = date(2025, 12, 28)

Truth = dict[str, list[dict[str, Any]]]


def line_key(line_id: str) -> int:
    """The pseudonym of a line, as the macro of the same name makes it."""
    text = f"{DEMO_PSEUDONYM_KEY}:line:{line_id}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """What the generator of the sample wrote down for tests, with line_key in place of line_id."""
    generated = truths.of_sample(folder_of_the_test_run(tmp_path_factory) / "scenario")
    tables: Truth = {}
    for path in sorted((generated.folder / "truth").glob("*.parquet")):
        relation = duckdb.sql(f"select * from read_parquet('{path}')")
        names = relation.columns
        rows = [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
        for row in rows:
            if row.get("line_id"):
                row["line_key"] = line_key(row.pop("line_id"))
        tables[path.stem] = rows
    return tables


@pytest.mark.parametrize("version", ["terms-2026-01-14", "extended-2026-02-10"])
def test_every_terminated_line_gets_its_path_and_its_reason(
    sample: SampleWarehouse, truth: Truth, version: str
) -> None:
    rows = sample.query(
        NEWEST,
        "select line_key, path, reason_code, is_eligible "
        f"from compensation.fct_waiver_decisions where policy_version = '{version}'",
    )
    decided = {
        row["line_key"]: (row["path"], row["reason_code"], row["is_eligible"]) for row in rows
    }
    right = {
        row["line_key"]: (row["path"], row["reason_code"], row["is_eligible"])
        for row in truth["eligibility"]
    }
    assert decided == right
    assert len({reason for _, reason, _ in right.values()}) >= 8


def test_planted_boundary_cases_come_out_as_planted(sample: SampleWarehouse, truth: Truth) -> None:
    rows = sample.query(
        NEWEST,
        "select line_key, reason_code from compensation.fct_waiver_decisions "
        "where policy_id = 'fee_waiver' and is_current",
    )
    decided = {row["line_key"]: row["reason_code"] for row in rows}
    wrong = {
        row["case_name"]: decided.get(row["line_key"])
        for row in truth["planted_cases"]
        if decided.get(row["line_key"]) != row["reason_code"]
    }
    assert truth["planted_cases"]
    assert not wrong


def test_every_fee_is_recomputed_to_the_won(sample: SampleWarehouse, truth: Truth) -> None:
    rows = sample.query(NEWEST, "select * from compensation.fct_termination_fees")
    found = {
        (row["line_key"], row["contract_id"]): (row["recomputed_krw"], row["charged_krw"])
        for row in rows
    }
    right = {
        (row["line_key"], row["contract_id"]): (row["correct_krw"], row["charged_krw"])
        for row in truth["fees"]
    }
    assert right
    assert {key: found.get(key) for key in right} == right
    # The rest are contracts that another had replaced: nothing owed, nothing charged.
    assert {found[key] for key in found.keys() - right.keys()} <= {(0, 0)}


def test_findings_are_exactly_the_fees_charged_wrongly(
    sample: SampleWarehouse, truth: Truth
) -> None:
    rows = sample.query(
        NEWEST,
        "select contract_id, finding from compensation.fct_termination_fees "
        "where finding != 'agrees'",
    )
    direction = {
        "overcharged": "overcharged",
        "after_end_of_term": "overcharged",
        "undercharged": "undercharged",
        "without_grace": "undercharged",
    }
    assert {row["contract_id"]: row["finding"] for row in rows} == {
        row["contract_id"]: direction[row["error_kind"]]
        for row in truth["fees"]
        if row["is_charged_wrongly"]
    }


def test_disagreements_are_exactly_the_misdecided_claims(
    sample: SampleWarehouse, truth: Truth
) -> None:
    rows = sample.query(
        NEWEST,
        "select claim_id, operator_decision, is_payable "
        "from compensation.fct_waiver_decisions where is_disagreement",
    )
    assert truth["misdecided_claims"]
    assert {row["claim_id"]: (row["operator_decision"], row["is_payable"]) for row in rows} == {
        row["claim_id"]: (row["operator_decision"], row["right_decision"] == "accepted")
        for row in truth["misdecided_claims"]
    }


def test_every_refund_the_policy_owes_was_paid_or_is_open(sample: SampleWarehouse) -> None:
    (row,) = sample.query(
        NEWEST,
        "select sum(payable_krw) as due_krw, sum(greatest(payable_krw, paid_krw)) as incurred_krw "
        "from compensation.fct_waiver_decisions where is_current and policy_id = 'fee_waiver'",
    )
    (report,) = sample.query(
        NEWEST,
        "select cumulative_incurred_krw, cumulative_paid_krw, outstanding_krw "
        "from compensation.rpt_compensation_cost_monthly "
        "where programme_id = 'fee_waiver' order by cost_month desc limit 1",
    )
    assert row["due_krw"] > 0
    assert report["cumulative_incurred_krw"] == row["incurred_krw"]
    assert report["cumulative_paid_krw"] > 0
    assert report["outstanding_krw"] > 0


def test_before_the_announcement_only_confirmed_victims_are_entitled(
    sample: SampleWarehouse, truth: Truth
) -> None:
    as_of = BEFORE_THE_ANNOUNCEMENT
    decisions = sample.query(as_of, "select * from compensation.fct_waiver_decisions")
    victims = {row["line_key"] for row in truth["exposed_lines"] if row["is_victim"]}
    assert {row["policy_version"] for row in decisions if row["is_current"]} == {"2025-10-29"}
    assert decisions
    assert {row["line_key"] for row in decisions if row["is_eligible"]} <= victims
    costs = sample.query(
        as_of, "select * from compensation.rpt_compensation_cost_monthly where not is_total"
    )
    assert costs
    assert all(row["programme_id"].startswith("victim_") for row in costs)
    assert max(row["cost_month"] for row in costs) == as_of.replace(day=1)


def test_what_was_known_before_is_not_changed_by_later_batches(sample: SampleWarehouse) -> None:
    query = (
        "select cost_month, incurred_krw, paid_krw from compensation.rpt_compensation_cost_monthly "
        "where programme_id = 'victim_loss_refund' and cost_month < date '2025-12-01' order by 1"
    )
    assert sample.query(BEFORE_THE_ANNOUNCEMENT, query) == sample.query(NEWEST, query)
