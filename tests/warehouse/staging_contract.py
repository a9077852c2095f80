"""The raw contract as data for the oracle: what each entity has to keep, in the contract's words.

Belongs here: columns, codes and registers of an invented market. Does not belong here: how a value
is read or judged (`staging_oracle`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPERATOR = "HOME"
CARRIERS = {"HOME": "HOME", "GUEST": "HOME", "RIVAL": "RIVAL"}
PLANS = {"PLAN"}
PREFIXES = {"HOME": {"45008", "45002"}, "RIVAL": {"45005"}}
CODES = {
    "customer_type": {"person", "company"},
    "line_kind": {"handset", "iot"},
    "activation_kind": {"new", "port_in"},
    "termination_kind": {"port_out", "forced"},
    "contract_kind": {"selective_discount", "device_subsidy"},
    "bill_item_kind": {"selective_return", "bundle_penalty"},
    "port_status": {"completed", "rejected"},
    "payment_channel": {"ars", "sms"},
    "incident_event_kind": {"finding", "disclosed"},
    "identifier_element": {"msisdn", "imsi"},
    "dispute_status": {"confirmed", "dismissed"},
    "access_point_kind": {"femtocell", "macro"},
    "business_domain": {"networking", "marketing"},
    "operator_decision": {"accepted", "pending"},
    "refund_status": {"paid", "returned"},
    "benefit_choice": {"discount", "waiver"},
    "partner_category": {"cafe", "cinema"},
    "enrolment_route": {"automatic", "application"},
}


@dataclass(frozen=True)
class Contract:
    """What one entity has to keep; a name ending in `?` may be empty."""

    key: str
    days: str = ""
    times: str = ""
    numbers: str = ""
    flags: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    carriers: str = ""
    ahead: str = ""
    spans: Sequence[tuple[str, str]] = ()
    parents: Mapping[str, str] = field(default_factory=dict)
    money: str = ""
    free: str = ""

    def columns(self) -> list[str]:
        """Every column of the entity."""
        text = " ".join(
            (self.key, self.days, self.times, self.numbers, self.flags, *self.codes, self.carriers)
        )
        names = [
            name.rstrip("?") for name in f"{text} {' '.join(self.parents)} {self.free}".split()
        ]
        return list(dict.fromkeys(names))


CONTRACTS = {
    "customers": Contract(
        key="customer_id",
        days="birth_date?",
        codes={"customer_type": "customer_type"},
        free="region_code",
    ),
    "incidents": Contract(
        key="incident_id",
        days="started_on ended_on? detected_on? reported_on?",
        carriers="carrier",
        spans=[("started_on", "ended_on")],
        free="kind",
    ),
    "access_points": Contract(
        key="access_point_id",
        flags="is_registered",
        codes={"kind": "access_point_kind"},
        free="certificate_status region_code",
    ),
    "lines": Contract(
        key="line_id",
        days="suspended_on? last_device_change_on? last_recontract_on?",
        times="activated_at terminated_at?",
        spans=[("activated_at", "terminated_at")],
        codes={
            "line_kind": "line_kind",
            "activation_kind": "activation_kind",
            "termination_kind?": "termination_kind",
        },
        carriers="donor_carrier?",
        parents={"customer_id": "customers"},
        free="network_brand plan_code imei imsi msisdn",
    ),
    "incident_events": Contract(
        key="event_id",
        days="occurred_on",
        codes={"event_kind": "incident_event_kind"},
        parents={"incident_id": "incidents"},
        free="body cause_code note",
    ),
    "contracts": Contract(
        key="contract_id",
        days="signed_on ended_on?",
        spans=[("signed_on", "ended_on")],
        numbers="term_months term_days monthly_discount_krw? subsidy_krw?",
        codes={"contract_kind": "contract_kind"},
        parents={"line_id": "lines"},
        money="monthly_discount_krw subsidy_krw",
    ),
    "bill_items": Contract(
        key="item_id",
        days="billed_on paid_on?",
        spans=[("billed_on", "paid_on")],
        numbers="amount_krw",
        codes={"item_kind": "bill_item_kind"},
        parents={"line_id": "lines", "contract_id?": "contracts"},
        money="amount_krw",
    ),
    "port_requests": Contract(
        key="port_id",
        days="processed_on?",
        times="requested_at",
        codes={"status": "port_status"},
        carriers="donor_carrier recipient_carrier",
        parents={"line_id": "lines"},
        free="msisdn",
    ),
    "micropayments": Contract(
        key="payment_id",
        times="paid_at",
        numbers="amount_krw",
        codes={"channel": "payment_channel"},
        parents={"line_id": "lines", "access_point_id?": "access_points"},
        money="amount_krw",
        free="merchant_code",
    ),
    "exposed_identifiers": Contract(
        key="incident_id line_id element",
        days="first_seen_on? confirmed_on",
        spans=[("first_seen_on", "confirmed_on")],
        codes={"element": "identifier_element"},
        parents={
            "line_id": "lines",
            "incident_id": "incidents",
            "access_point_id?": "access_points",
        },
    ),
    "disputed_payments": Contract(
        key="payment_id incident_id",
        days="confirmed_on",
        codes={"status": "dispute_status"},
        parents={"payment_id": "micropayments", "incident_id": "incidents"},
    ),
    "access_attempts_daily": Contract(
        key="attempt_date access_point_id business_domain",
        days="attempt_date",
        numbers="attempts verified_attempts monitored_attempts",
        codes={"business_domain": "business_domain"},
        parents={"access_point_id": "access_points"},
    ),
    "waiver_claims": Contract(
        key="claim_id",
        days="obstacle_ended_on?",
        times="claimed_at",
        flags="payee_is_owner",
        ahead="obstacle_ended_on",
        codes={"operator_decision": "operator_decision"},
        parents={"line_id": "lines"},
        free="operator_reason",
    ),
    "refund_payments": Contract(
        key="refund_id",
        days="paid_on",
        numbers="amount_krw",
        codes={"status": "refund_status"},
        parents={"claim_id": "waiver_claims"},
        money="amount_krw",
    ),
    "loss_refunds": Contract(
        key="refund_id",
        days="paid_on",
        numbers="amount_krw",
        parents={"payment_id": "micropayments"},
        money="amount_krw",
    ),
    "benefit_choices": Contract(
        key="line_id incident_id",
        days="chosen_on",
        codes={"choice": "benefit_choice"},
        parents={"line_id": "lines", "incident_id": "incidents"},
    ),
    "data_usage_monthly": Contract(
        key="line_id usage_month",
        days="usage_month",
        numbers="granted_gb used_gb",
        parents={"line_id": "lines"},
    ),
    "benefit_redemptions": Contract(
        key="redemption_id",
        days="redeemed_on",
        numbers="face_value_krw carrier_share_krw",
        codes={"partner_category": "partner_category"},
        parents={"line_id": "lines"},
        money="face_value_krw carrier_share_krw",
    ),
    "insurance_enrolments": Contract(
        key="enrolment_id",
        days="enrolled_on cover_from? cover_to?",
        ahead="cover_from cover_to",
        spans=[("cover_from", "cover_to")],
        codes={"route": "enrolment_route"},
        parents={"customer_id": "customers"},
    ),
    "insurance_claims": Contract(
        key="insurance_claim_id",
        days="loss_on claimed_on paid_on?",
        spans=[("loss_on", "claimed_on"), ("claimed_on", "paid_on")],
        numbers="loss_krw paid_krw?",
        parents={"enrolment_id": "insurance_enrolments"},
        money="loss_krw paid_krw",
    ),
}
