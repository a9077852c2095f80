"""Benefits of the bundled sample against what its generator had in mind."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.settings import DEMO_PSEUDONYM_KEY
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import truth as truths
from tests.warehouse.sample_warehouse import NEWEST, REPLAYED

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse
    from tests.warehouse.truth import Generated


def key(kind: str, identifier: str) -> int:
    """The pseudonym of a line or customer, as the macro of the same name makes it."""
    text = f"{DEMO_PSEUDONYM_KEY}:{kind}:{identifier}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """Exports and truth of the sample."""
    return truths.of_sample(folder_of_the_test_run(tmp_path_factory) / "scenario")


def found(sample: SampleWarehouse, sql: str) -> list[dict[str, Any]]:
    return sample.query(NEWEST, sql)


def test_benefits_given_wrongly_are_found_and_no_others(
    sample: SampleWarehouse, generated: Generated
) -> None:
    rows = found(sample, "select * from compensation.fct_benefit_findings")
    kinds = {"data_grant": "data", "partner_discounts": "partner_discount"}
    names = {
        "suspended_on_reference_day": "suspended",
        "after_suspension": "suspended",
        "after_termination": "after_termination",
    }
    assert {
        (kinds[row["programme_id"]], row["line_key"], row["benefit_month"], names[row["finding"]])
        for row in rows
    } == {
        (row["kind"], key("line", row["line_id"]), row["benefit_month"], row["fault"])
        for row in generated.truth("benefit_faults")
    }
    assert {row["programme_id"] for row in rows} == set(kinds)


def test_every_cover_ends_on_the_right_day(sample: SampleWarehouse, generated: Generated) -> None:
    right = {row["enrolment_id"]: row for row in generated.truth("enrolments")}
    rows = found(sample, "select * from compensation.fct_insurance_covers")
    assert {row["enrolment_id"]: row["expected_cover_to"] for row in rows} == {
        name: row["right_cover_to"] for name, row in right.items()
    }
    assert {row["enrolment_id"]: row["months"] for row in rows} == {
        name: row["months"] for name, row in right.items()
    }
    findings = {"a_day_late": "ends_too_late", "second": "enrolled_twice"}
    assert {row["enrolment_id"]: row["finding"] for row in rows if row["finding"] != "agrees"} == {
        name: findings[row["fault"]] for name, row in right.items() if row["fault"] in findings
    }
    assert {row["finding"] for row in rows} == {"agrees", *findings.values()}
    assert {row["programme_id"] for row in rows} == {"scam_insurance", "victim_insurance"}


def test_who_was_forgotten_is_missing_and_who_has_no_birth_date_is_not_refused(
    sample: SampleWarehouse, generated: Generated
) -> None:
    population = {
        key("customer", row["customer_id"]): row for row in generated.truth("insurance_population")
    }
    rows = {
        row["customer_key"]: row
        for row in found(
            sample,
            "select * from compensation.fct_insurance_entitlements "
            "where programme_id = 'scam_insurance'",
        )
    }
    assert {name for name, row in rows.items() if row["age_state"] in {"of_age", "unknown"}} == set(
        population
    )
    assert {name for name, row in rows.items() if row["state"] == "missing"} == {
        name for name, row in population.items() if row["is_forgotten"]
    }
    unknown = {name for name, row in population.items() if row["age_state"] == "unknown"}
    assert unknown
    assert {rows[name]["state"] for name in unknown} <= {
        "unknown_birth_date",
        "enrolled_by_application",
    }
    assert {name for name, row in rows.items() if row["is_quarantined"]} <= unknown
    assert not [row for row in rows.values() if row["state"] == "enrolled_too_young"]


def test_losses_are_decided_and_wrong_payments_found(
    sample: SampleWarehouse, generated: Generated
) -> None:
    findings = {
        None: {"agrees", "not_yet_paid"},
        "overpaid": {"overpaid"},
        "paid_without_cover": {"paid_without_cover"},
        "loss_was_refunded": {"paid_without_cover"},
    }
    rows = {
        row["insurance_claim_id"]: row
        for row in found(sample, "select * from compensation.fct_insurance_claims")
    }
    right = {row["insurance_claim_id"]: row for row in generated.truth("insurance_claims")}
    assert rows.keys() == right.keys()
    assert {name: row["is_covered"] for name, row in rows.items()} == {
        name: row["is_covered"] for name, row in right.items()
    }
    for name, row in rows.items():
        paid_already = row["finding"] != "not_yet_paid"
        expected = findings[right[name]["claim_fault"]]
        assert row["finding"] in (expected if paid_already else {"not_yet_paid"}), name
    overlaps = found(
        sample,
        "select customer_key, at_stake_krw from compensation.fct_programme_overlaps "
        "where reason_code = 'loss_refunded_and_insured' and is_finding",
    )
    refunded = [name for name, row in right.items() if row["claim_fault"] == "loss_was_refunded"]
    assert len(overlaps) == len(refunded) > 0
    assert {row["customer_key"] for row in overlaps} == {
        rows[name]["customer_key"] for name in refunded
    }


def test_nobody_has_a_month_of_data_after_the_line_ended(sample: SampleWarehouse) -> None:
    rows = found(
        sample,
        "select entitlements.line_key from compensation.fct_data_entitlements as entitlements"
        " inner join core.dim_lines as lines using (line_key) where entitlements.is_entitled and ("
        " lines.terminated_on <= entitlements.last_month or lines.line_kind in ('iot', 'prepaid')"
        " or (not lines.is_own_brand and entitlements.programme_id = 'data_grant'))",
    )
    assert rows == []
    (row,) = found(
        sample,
        "select avg(case when is_gaining then 0 else 1 end) as unlimited_share"
        " from compensation.fct_data_entitlements where is_entitled",
    )
    assert 0.25 < row["unlimited_share"] < 0.35


def test_before_the_announcement_nobody_but_victims_is_entitled(sample: SampleWarehouse) -> None:
    for as_of in REPLAYED:
        entitled = sample.query(
            as_of, "select distinct programme_id from compensation.fct_data_entitlements"
        )
        general = {"data_grant"} if as_of >= date(2025, 12, 30) else set()
        assert {row["programme_id"] for row in entitled} - {"victim_data"} == general
        assert not sample.query(as_of, "select 1 from compensation.rpt_partner_discounts_monthly")
