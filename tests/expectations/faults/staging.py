"""Faults of the current versions: what reading, matching or choosing versions gets wrong."""

FAULTS = {
    "staging.stg_operator__access_attempts_daily": {
        "At least a tenth of the attempts is verified": "update {t} set verified_attempts = 0",
        "No day has less than a tenth of the traffic of a usual day": (
            "update {t} set attempts = attempts // 1000 "
            "where attempt_date = (select max(attempt_date) from {t})"
        ),
    },
    "staging.stg_operator__benefit_redemptions": {
        "The operator bears at least a tenth of the face value": (
            "update {t} set carrier_share_krw = 1"
        ),
        "A line uses at most sixty discounts on average": (
            "update {t} set line_key = (select min(line_key) from {t})"
        ),
    },
    "staging.stg_operator__bill_items": {
        "Nine of ten charges concern lines that ended": (
            "update {t} set line_key = (select min(line_key) from staging.stg_operator__lines "
            "where terminated_on is null) where item_id like '%1' or item_id like '%2'"
        ),
        "Hardly any item is paid before it is billed": "update {t} set paid_on = billed_on - 30",
        "Items above three million won are rare": "update {t} set amount_krw = amount_krw * 1000",
        "At most a tenth of the items is nought": (
            "update {t} set amount_krw = 0 where item_id like '%1' or item_id like '%2'"
        ),
    },
    "staging.stg_operator__contracts": {
        "A contract gives a discount or a subsidy, not both": "update {t} set subsidy_krw = 300000",
        "Terms last between six and forty-eight months": "update {t} set term_months = term_days",
        "No monthly discount is larger than the dearest plan costs": (
            "update {t} set monthly_discount_krw = monthly_discount_krw * term_months"
        ),
        "A line has at most three contracts on average": (
            "insert into {t} select * from {t} union all select * from {t} union all select * "
            "from {t}"
        ),
        "At most a tenth of the contracts gives nothing": (
            "update {t} set monthly_discount_krw = 0 where monthly_discount_krw > 0"
        ),
    },
    "staging.stg_operator__customers": {
        "The age of at most a tenth of the persons is unknown": (
            "update {t} set is_birth_date_known = false, age_band = 'unknown' "
            "where customer_key % 5 = 0"
        ),
        "Customers spread over at least four age bands": (
            "update {t} set age_band = case when customer_key % 2 = 0 then '40_49' else '50_59' end"
        ),
        "No age band holds more than sixty percent of the persons": (
            "update {t} set age_band = '50_59' where customer_key % 10 <> 0"
        ),
        "Hardly any person is older than any register band allows": (
            "update {t} set age_band = 'unknown' where age_band = '75_and_over'"
        ),
    },
    "staging.stg_operator__data_usage_monthly": {
        "Hardly anybody uses data after the line ended": (
            "update staging.stg_operator__lines set terminated_on = date '2025-10-01'"
        ),
        "No month lacks between the first and the last that have 20 rows": (
            "update {t} set usage_month = usage_month - interval 2 month "
            "where usage_month < (select max(usage_month) from {t})"
        ),
        "At most nine of ten lines with a grant use none of it": "update {t} set used_gb = 0",
    },
    "staging.stg_operator__exposed_identifiers": {
        "Identifiers were seen while the incident lasted": (
            "update {t} set first_seen_on = first_seen_on - 365"
        ),
        "Findings are confirmed within a year": "update {t} set confirmed_on = confirmed_on + 400",
    },
    "staging.stg_operator__insurance_enrolments": {
        "Nine of ten automatic enrolments are of customers of the age the programme names": (
            "update {t} set age_at_enrolment_band = '30_39' where route = 'automatic'"
        ),
        "A customer is enrolled at most one and a half times on average": (
            "insert into {t} select * from {t}"
        ),
    },
    "staging.stg_operator__lines": {
        "At least a tenth of the lines is of the operator's own brand": (
            "update {t} set is_own_brand = false where line_key % 20 <> 0"
        ),
        "Ended lines are at most half of all": (
            "update {t} set terminated_on = date '2026-01-05' where line_key % 5 <> 0"
        ),
        "No month passes without a line that ends": (
            "update {t} set terminated_on = null where month(terminated_on) = 10"
        ),
        "Lines that came by porting came from another brand": (
            "update {t} set donor_carrier = network_brand"
        ),
        "A customer holds at most twenty lines on average": (
            "update {t} set customer_key = customer_key % 100"
        ),
        "At most a tenth of the lines in service is suspended": (
            "update {t} set suspended_on = activated_on"
        ),
        "At most a tenth of the lines that ended came back": (
            "update {t} set rejoined_on = terminated_on + 1"
        ),
        "Lines that ended say why": "update {t} set termination_kind = null",
        "Hardly any line has a plan of another brand": (
            "update {t} set network_brand = (select min(network_brand) from {t} where not "
            "is_own_brand)"
        ),
    },
    "staging.stg_operator__micropayments": {
        "Payments of nought won are rare": (
            "update {t} set amount_krw = 0 where payment_id like '%1'"
        ),
        "A line pays at most a hundred times on average": "update {t} set line_key = 1",
        "Payments above five million won are rare": (
            "update {t} set amount_krw = 6000000 where payment_id like '%1'"
        ),
    },
    "staging.stg_operator__port_requests": {
        "Hardly any port passes the operator's network by": (
            "update {t} set donor_carrier = (select min(carrier_code) from reference.ref_carriers "
            "where not is_operator and host_carrier = carrier_code), "
            "recipient_carrier = (select max(carrier_code) from reference.ref_carriers "
            "where not is_operator and host_carrier = carrier_code) where port_id like '%1'"
        ),
        "At most one completed port in fifty waits longer than ten days": (
            "update {t} set requested_at = requested_at - interval 40 day where port_id like '%1'"
        ),
        "Few ports are undone": "update {t} set status = 'reversed' where port_id like '%1'",
        "No month passes without a port": "delete from {t} where month(processed_on) = 10",
    },
    "staging.stg_operator__quarantine": {
        "At most one row in a hundred of an entity has a code that no register knows": (
            "insert into {t} select 'lines', batch_date, source_file, range, 'unknown_plan', "
            "natural_id_key, null, false from {t}, range(100) where entity = 'lines'"
        ),
        "At most one row in a hundred of an entity points to something that is not there": (
            "insert into {t} select 'contracts', batch_date, source_file, range, 'orphan_line', "
            "natural_id_key, null, false from {t}, range(100) where entity = 'contracts'"
        ),
    },
    "staging.stg_operator__refund_payments": {
        "Hardly any refund is paid on a claim that was not accepted": (
            "update staging.stg_operator__waiver_claims set operator_decision = 'rejected' "
            "where claim_id like '%1' or claim_id like '%2'"
        ),
        "Hardly any refund is paid before the claim was made": (
            "update {t} set paid_on = paid_on - 60 where refund_id like '%1'"
        ),
        "Refunds above three million won are rare": (
            "update {t} set amount_krw = amount_krw * 1000 where refund_id like '%1'"
        ),
        "A claim is paid at most one and a half times on average": (
            "insert into {t} select * from {t}"
        ),
    },
    "staging.stg_operator__row_status": {
        "At most one row in fifty of an entity is in quarantine": (
            "update {t} set quarantined = 500 where entity = 'lines' "
            "and batch_date = (select min(batch_date) from {t})"
        ),
        "At most a fifth of one delivery of an entity is in quarantine": (
            "update {t} set quarantined = delivered, accepted = 0 "
            "where entity = 'port_requests' and batch_date = (select max_by(batch_date, delivered) "
            "from {t} where entity = 'port_requests' and batch_date >= date '2025-12-01')"
        ),
        "At most a tenth of the money of an entity is in quarantine": (
            "update {t} set quarantined_krw = delivered_krw, quarantined = delivered "
            "where entity = 'bill_items'"
        ),
        "At most one row in twenty of an entity is delivered twice unchanged": (
            "update {t} set duplicate = delivered where entity = 'contracts'"
        ),
    },
    "staging.stg_operator__waiver_claims": {
        "Eight of ten claims concern lines that ended": (
            "update {t} set line_key = (select min(line_key) from staging.stg_operator__lines "
            "where terminated_on is null)"
        ),
        "Eight of ten claims older than two months are decided": (
            "update {t} set operator_decision = 'pending'"
        ),
        "Refusals give a reason": (
            "update {t} set operator_decision = 'rejected', operator_reason = null"
        ),
    },
}
