"""The raw contract: the entities that an operator's systems export, and their columns.

Belongs here: names, in the order of the published contract. Does not belong here: types and rules
of a column (staging decides what a value means) and anything that needs a database or a file.
"""

from __future__ import annotations

from typing import Final

#: Every raw row carries the day on which it was delivered.
BATCH_DATE: Final = "batch_date"

#: Added on the way in, so that a quarantined row can be found again in the export.
SOURCE_FILE: Final = "source_file"
SOURCE_ROW: Final = "source_row"

#: Entity to its columns, `batch_date` left out. Further columns may be delivered; none may miss.
ENTITIES: Final[dict[str, tuple[str, ...]]] = {
    "customers": ("customer_id", "birth_date", "customer_type", "region_code"),
    "lines": (
        "line_id",
        "customer_id",
        "msisdn",
        "imsi",
        "imei",
        "line_kind",
        "network_brand",
        "plan_code",
        "activated_at",
        "activation_kind",
        "donor_carrier",
        "suspended_on",
        "last_device_change_on",
        "last_recontract_on",
        "terminated_at",
        "termination_kind",
    ),
    "contracts": (
        "contract_id",
        "line_id",
        "contract_kind",
        "signed_on",
        "term_months",
        "term_days",
        "monthly_discount_krw",
        "subsidy_krw",
        "ended_on",
    ),
    "bill_items": (
        "item_id",
        "line_id",
        "contract_id",
        "billed_on",
        "item_kind",
        "amount_krw",
        "paid_on",
    ),
    "port_requests": (
        "port_id",
        "line_id",
        "msisdn",
        "donor_carrier",
        "recipient_carrier",
        "requested_at",
        "processed_on",
        "status",
    ),
    "micropayments": (
        "payment_id",
        "line_id",
        "paid_at",
        "amount_krw",
        "channel",
        "merchant_code",
        "access_point_id",
    ),
    "incidents": (
        "incident_id",
        "carrier",
        "kind",
        "started_on",
        "ended_on",
        "detected_on",
        "reported_on",
    ),
    "incident_events": (
        "event_id",
        "incident_id",
        "occurred_on",
        "event_kind",
        "body",
        "cause_code",
        "note",
    ),
    "exposed_identifiers": (
        "incident_id",
        "line_id",
        "element",
        "access_point_id",
        "first_seen_on",
        "confirmed_on",
    ),
    "disputed_payments": ("payment_id", "incident_id", "confirmed_on", "status"),
    "access_points": (
        "access_point_id",
        "kind",
        "is_registered",
        "certificate_status",
        "region_code",
    ),
    "access_attempts_daily": (
        "attempt_date",
        "access_point_id",
        "business_domain",
        "attempts",
        "verified_attempts",
        "monitored_attempts",
    ),
    "waiver_claims": (
        "claim_id",
        "line_id",
        "claimed_at",
        "payee_is_owner",
        "obstacle_ended_on",
        "operator_decision",
        "operator_reason",
    ),
    "refund_payments": ("refund_id", "claim_id", "paid_on", "amount_krw", "status"),
    "loss_refunds": ("refund_id", "payment_id", "paid_on", "amount_krw"),
    "benefit_choices": ("line_id", "incident_id", "chosen_on", "choice"),
    "data_usage_monthly": ("line_id", "usage_month", "granted_gb", "used_gb"),
    "benefit_redemptions": (
        "redemption_id",
        "line_id",
        "partner_category",
        "redeemed_on",
        "face_value_krw",
        "carrier_share_krw",
    ),
    "insurance_enrolments": (
        "enrolment_id",
        "customer_id",
        "enrolled_on",
        "route",
        "cover_from",
        "cover_to",
    ),
    "insurance_claims": (
        "insurance_claim_id",
        "enrolment_id",
        "loss_on",
        "claimed_on",
        "loss_krw",
        "paid_krw",
        "paid_on",
    ),
}

#: What was delivered when: one row per file. Stands beside the entities in schema raw.
BATCH_FILES: Final = (
    BATCH_DATE,
    "entity",
    "file_name",
    "row_count",
    "sha256",
    "sample_rate",
)

#: Columns that are not what they were: one row per file. Beside the entities too.
SCHEMA_CHANGES: Final = "schema_changes"


def columns(entity: str) -> tuple[str, ...]:
    """All columns that a file of the entity must have.

    Raises:
        KeyError: the contract has no such entity.
    """
    return (*ENTITIES[entity], BATCH_DATE)


def relation(entity: str) -> str:
    """Name of the raw relation of an entity, without its schema."""
    return f"raw_{entity}"
