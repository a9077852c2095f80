"""Every rare population is there at every scale, and the truth about it is what was planted."""

from __future__ import annotations

import pytest

from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import truth

REASONS = {
    "eligible",
    "forced_termination",
    "line_kind_excluded",
    "hosted_brand",
    "outside_window",
    "not_in_service_at_base_date",
    "device_changed",
    "recontracted",
    "rejoined",
}


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> truth.Generated:
    return truth.of_sample(folder_of_the_test_run(tmp_path_factory) / "scenario")


def test_planted_cases_are_decided_as_stated(generated: truth.Generated) -> None:
    different = generated.query(
        "select planted.case_name, planted.reason_code, truth.reason_code as computed"
        f" from {generated.truth_table('planted_cases')} as planted"
        f" left join {generated.truth_table('eligibility')} as truth using (line_id)"
        " where planted.reason_code is distinct from truth.reason_code"
    )
    assert different == []
    cases = truth.reference_scenario().get("planted_cases")
    assert set(generated.planted["planted_cases"]) == set(cases)


def test_every_reason_occurs_in_both_paths(generated: truth.Generated) -> None:
    found = {(row["path"], row["reason_code"]) for row in generated.truth("eligibility")}
    for path in ("window", "retroactive"):
        assert {reason for place, reason in found if place == path} == REASONS - {"outside_window"}
    assert (None, "outside_window") in found


@pytest.mark.parametrize(
    "terminated_at",
    [
        "2025-08-31 23:59:59",
        "2025-09-01 00:00:00",
        "2025-12-31 00:10:00",
        "2026-01-13 23:59:59",
        "2026-01-14 00:00:00",
    ],
)
def test_a_line_ends_on_each_boundary(generated: truth.Generated, terminated_at: str) -> None:
    lines = generated.good("lines", "line_id")
    assert generated.value(
        f"select count(*) from {lines} where terminated_at = timestamp '{terminated_at}'"
    )


@pytest.mark.parametrize("activated_at", ["2025-08-31 23:59:59", "2025-09-01 00:00:00"])
def test_a_leaver_began_on_each_boundary(generated: truth.Generated, activated_at: str) -> None:
    lines = generated.good("lines", "line_id")
    assert generated.value(
        f"select count(*) from {lines} where activated_at = timestamp '{activated_at}'"
        " and terminated_at is not null"
    )


@pytest.mark.parametrize(
    "claimed_at",
    [
        "2026-01-14 09:00:00",
        "2026-01-18 23:59:59",
        "2026-01-19 00:00:00",
        "2026-01-31 22:00:00",
        "2026-01-31 22:00:01",
    ],
)
def test_a_claim_comes_on_each_boundary(generated: truth.Generated, claimed_at: str) -> None:
    claims = generated.good("waiver_claims", "claim_id")
    assert generated.value(f"select count(*) from {claims} where claimed_at = '{claimed_at}'")


def test_claims_of_every_state_occur(generated: truth.Generated) -> None:
    claims = generated.good("waiver_claims", "claim_id")
    [row] = generated.query(
        "select count(*) filter (operator_decision = 'accepted') as accepted,"
        " count(*) filter (operator_decision = 'rejected') as rejected,"
        " count(*) filter (not payee_is_owner) as wrong_account,"
        " count(*) filter (obstacle_ended_on is not null) as obstacle,"
        f" count(*) filter (claimed_at > '2026-01-31 22:00:00') as late from {claims}"
    )
    assert all(row.values()), row


def test_customers_of_the_other_incident_go_back_within_the_first_days(
    generated: truth.Generated,
) -> None:
    returned = [str(row["returned_on"]) for row in generated.truth("returners")]
    assert [day for day in returned if "2025-12-31" <= day <= "2026-01-03"]
    lines = generated.good("lines", "line_id")
    came = generated.value(
        f"select count(*) from {lines} where donor_carrier = 'SKT'"
        " and cast(activated_at as date) between date '2025-04-19' and date '2025-07-14'"
        " and termination_kind = 'port_out' and cast(terminated_at as date)"
        " between date '2025-12-31' and date '2026-01-13'"
    )
    assert came >= len(returned)


def test_requests_of_closed_days_are_processed_on_the_next_one(generated: truth.Generated) -> None:
    ports = generated.good("port_requests", "port_id")
    for closed, processed in (("2026-01-01", "2026-01-02"), ("2026-01-11", "2026-01-12")):
        days = generated.query(
            f"select distinct processed_on from {ports} where status = 'completed'"
            f" and cast(requested_at as date) = date '{closed}'"
        )
        assert [str(row["processed_on"]) for row in days] == [processed]


def test_every_kind_of_line_brand_and_ending_occurs(generated: truth.Generated) -> None:
    lines = generated.good("lines", "line_id")

    def values(column: str) -> set[str]:
        return {
            row[column]
            for row in generated.query(f"select distinct {column} from {lines}")
            if row[column] is not None
        }

    assert values("line_kind") == {"handset", "second_device", "iot", "prepaid"}
    assert values("network_brand") == {"KT", "KTM", "SKL", "FRT"}
    assert values("termination_kind") == {"port_out", "voluntary", "forced", "deceased"}
    assert values("activation_kind") == {"new", "port_in"}


def test_ports_of_every_status_occur(generated: truth.Generated) -> None:
    rows = generated.query(
        f"select distinct status from {generated.delivered('port_requests')} where status <> 'done'"
    )
    assert {row["status"] for row in rows} == {
        "requested",
        "completed",
        "rejected",
        "withdrawn",
        "reversed",
    }


def test_a_port_undone_leaves_the_line_in_service(generated: truth.Generated) -> None:
    assert not generated.value(
        f"select count(*) from {generated.good('port_requests', 'port_id')} as ports"
        f" inner join {generated.good('lines', 'line_id')} as lines using (line_id)"
        " where ports.status = 'reversed' and lines.terminated_at is not null"
    )


def test_hosted_leavers_go_to_other_networks_only(generated: truth.Generated) -> None:
    hosted = "('KT', 'KTM', 'SKL', 'FRT')"
    assert not generated.value(
        f"select count(*) from {generated.good('port_requests', 'port_id')}"
        f" where donor_carrier in {hosted} and recipient_carrier in {hosted}"
    )


def test_the_day_of_the_missing_feed_has_none(generated: truth.Generated) -> None:
    days = {
        str(row["attempt_date"])
        for row in generated.query(
            f"select distinct attempt_date from {generated.delivered('access_attempts_daily')}"
        )
    }
    assert "2026-02-13" in days
    assert "2026-02-14" not in days
    assert "2026-02-15" in days


def test_refunds_are_paid_in_the_runs_and_returned_ones_again(generated: truth.Generated) -> None:
    refunds = generated.good("refund_payments", "refund_id")
    runs = {str(row[0]) for row in truth.reference_scenario().get("waiver.payment_runs")}
    paid = {
        str(row["paid_on"]) for row in generated.query(f"select distinct paid_on from {refunds}")
    }
    assert paid <= runs
    assert {"2026-01-22", "2026-02-05", "2026-02-19"} <= paid
    assert generated.value(f"select count(*) from {refunds} where status = 'returned'")
    assert not generated.value(
        f"select count(*) from (select claim_id from {refunds} where status = 'paid'"
        " group by claim_id having count(*) > 1)"
    )


def test_insured_without_application_are_of_age(generated: truth.Generated) -> None:
    enrolments = generated.good("insurance_enrolments", "enrolment_id")
    customers = generated.good("customers", "customer_id")
    usual = "enrolment_id in (select enrolment_id from "
    usual += f"{generated.truth_table('enrolments')} where months = 24 and fault is null)"
    born = "birth_date <= date '1961-01-31'"
    [row] = generated.query(
        f"select count(*) filter (route = 'automatic' and not {born}) as too_young,"
        f" count(*) filter (route = 'application' and {born}) as too_old,"
        " count(*) filter (route = 'automatic') as automatic,"
        " count(*) filter (route = 'application') as application"
        f" from {enrolments} inner join {customers} using (customer_id) where {usual}"
    )
    assert (row["too_young"], row["too_old"]) == (0, 0)
    assert row["automatic"] > row["application"] > 0


def test_who_left_because_of_the_incident_left_after_it_was_disclosed(
    generated: truth.Generated,
) -> None:
    lines = generated.good("lines", "line_id")
    [row] = generated.query(
        "select count(*) as leavers, min(cast(terminated_at as date)) as first_on,"
        " max(cast(terminated_at as date)) as last_on"
        f" from {generated.truth_table('left_because')} inner join {lines} using (line_id)"
        " where because_of_incident"
    )
    assert row["leavers"] > 200
    assert str(row["first_on"]) >= "2025-09-11"
    assert str(row["last_on"]) <= "2026-01-13"


def test_a_changed_number_holder_or_plan_is_another_version_of_a_line_that_goes_on(
    generated: truth.Generated,
) -> None:
    changes = generated.query(
        "select change_kind, count(distinct line_id) as lines,"
        " count(distinct lines.msisdn) as numbers, count(distinct lines.customer_id) as holders,"
        " count(distinct lines.plan_code) as plans, count(lines.terminated_at) as ended"
        f" from {generated.truth_table('quiet_changes')}"
        f" inner join {generated.delivered('lines')} as lines using (line_id) group by all"
    )
    found = {row["change_kind"]: row for row in changes}
    assert set(found) == {"number", "holder", "plan"}
    assert all(row["ended"] == 0 and row["lines"] >= 1 for row in changes)
    # Every line of the kind has one value more than it began with.
    assert found["number"]["numbers"] == 2 * found["number"]["lines"]
    assert found["holder"]["holders"] > found["holder"]["lines"]
    assert found["plan"]["plans"] > 1


def test_one_day_has_no_file_of_ports_and_the_next_one_brings_its_rows(
    generated: truth.Generated,
) -> None:
    [feed] = generated.truth("missing_feeds")
    day = generated.landing / str(feed["missing_on"])
    assert (day / "_manifest.json").exists()
    assert not (day / "port_requests.parquet").exists()
    processed = generated.value(
        f"select count(*) from {generated.delivered('port_requests')}"
        f" where processed_on = date '{feed['missing_on']}'"
        f" and batch_date = date '{feed['delivered_on']}'"
    )
    assert processed >= 1


def test_some_requests_are_never_answered(generated: truth.Generated) -> None:
    unanswered = generated.value(
        f"select count(*) from {generated.good('port_requests', 'port_id')}"
        " where status = 'requested' and requested_at < timestamp '2026-03-01'"
    )
    assert unanswered >= 1
