"""Faults of delivered files: formats, units, columns and entities that exports get wrong."""

FAULTS = {
    "raw.raw_access_attempts_daily": {
        "No more attempts are verified or monitored than were made": (
            "update {t} set attempts = verified_attempts, verified_attempts = attempts"
        ),
        "Access points have traffic": "update {t} set attempts = '0'",
        "The feed covers nine of ten days between its first and its last": (
            "delete from {t} where day(cast(attempt_date as date)) between 5 and 15"
        ),
    },
    "raw.raw_batch_files": {
        "No month passes without a delivery": (
            "delete from {t} where batch_date like '2025-06%' or batch_date like '2025-07%'"
        ),
        "The first batch brings customers, lines and contracts": (
            "update {t} set row_count = '0' "
            "where entity = 'contracts' and batch_date = (select min(batch_date) from {t})"
        ),
        "Lines come with half of the batches at least": (
            "delete from {t} where entity = 'lines' and day(cast(batch_date as date)) < 25"
        ),
        "A share of the population lies above 0 and is at most 1": (
            "update {t} set sample_rate = '100' where entity = 'lines'"
        ),
    },
    "raw.raw_benefit_redemptions": {
        "The operator bears at most the face value": (
            "update {t} set carrier_share_krw = face_value_krw, face_value_krw = carrier_share_krw"
        ),
        "A discount is 100 to 100,000 won on average": "update {t} set face_value_krw = '3'",
        "Days of use can be read": (
            "update {t} set redeemed_on = strftime(cast(redeemed_on as date), '%d.%m.%Y')"
        ),
    },
    "raw.raw_bill_items": {
        "Days of billing can be read": "update {t} set billed_on = replace(billed_on, '-', '')",
        "Fee items name their contract": "update {t} set contract_id = null",
        "An item is 1,000 to 2,000,000 won on average": (
            "update {t} set amount_krw = cast(try_cast(amount_krw as bigint) // 1000 as varchar)"
        ),
        "A third of the items is paid at least": "update {t} set paid_on = null",
    },
    "raw.raw_contracts": {
        "There is between one contract per twenty lines and three per line": (
            "delete from {t} where contract_id not like '%00'"
        ),
        "Days of signature can be read": "update {t} set signed_on = replace(signed_on, '-', '')",
        "A term in days and in months agrees within a month": (
            "update {t} set term_days = term_months"
        ),
        "Discount contracts give a monthly discount": "update {t} set monthly_discount_krw = '0'",
        "Subsidy contracts give a subsidy": "update {t} set subsidy_krw = null",
        "A monthly discount is 1,000 to 100,000 won on average": (
            "update {t} set monthly_discount_krw = monthly_discount_krw || '000'"
        ),
        "A subsidy is 10,000 to 2,000,000 won on average": (
            "update {t} set subsidy_krw = cast(try_cast(subsidy_krw as bigint) // 1000 as varchar)"
        ),
    },
    "raw.raw_customers": {
        "There are between one customer per ten lines and two per line": (
            "delete from {t} where customer_id not like '%00'"
        ),
        "Birth dates can be read": (
            "update {t} set birth_date = strftime(try_cast(birth_date as date), '%d/%m/%Y')"
        ),
        "Persons have a birth date": (
            "update {t} set birth_date = null where customer_id like '%1' or customer_id like '%2'"
        ),
        "Birth dates do not pile up on 1 January": (
            "update {t} set birth_date = '1970-01-01' where customer_id like '%1' "
            "or customer_id like '%2'"
        ),
        "Customers are between 20 and 75 years old on average": (
            "update {t} set birth_date = cast(cast(birth_date as date) - interval 100 year as date)"
        ),
        "Natural persons are the majority": "update {t} set customer_type = 'company'",
        "Customers have a region": "update {t} set region_code = '' where customer_id like '%1'"
        " or customer_id like '%2'",
        "Customers live in more than one region": "update {t} set region_code = 'KR-11'",
    },
    "raw.raw_data_usage_monthly": {
        "Hardly any line uses more than it was granted": (
            "update {t} set granted_gb = used_gb, used_gb = granted_gb"
        ),
        "Months are given by their first day": (
            "update {t} set usage_month = cast(last_day(cast(usage_month as date)) as varchar)"
        ),
        "A grant is 1 to 1,000 gigabytes on average": (
            "update {t} set granted_gb = granted_gb || '000'"
        ),
    },
    "raw.raw_exposed_identifiers": {
        "At most one exposed identifier of each of three elements per line of the park": (
            "delete from raw.raw_lines where line_id not in "
            "(select line_id from raw.raw_lines order by line_id limit 20)"
        ),
        "Findings say when they were confirmed": "update {t} set confirmed_on = ''",
        "Findings were confirmed after the first sighting": (
            "update {t} set confirmed_on = first_seen_on, first_seen_on = confirmed_on"
        ),
        "Findings name the access point": "update {t} set access_point_id = null",
    },
    "raw.raw_insurance_enrolments": {
        "Cover lasts between half a year and five years": "update {t} set cover_to = cover_from",
        "Cover starts on the day of enrolment or later": (
            "update {t} set cover_from = cast(cast(cover_from as date) - interval 1 year as date)"
        ),
        "There are at most two enrolment rows per customer row": (
            "delete from raw.raw_customers where customer_id not like '%00'"
        ),
    },
    "raw.raw_lines": {
        "Activation times can be read": "update {t} set activated_at = 'unknown'",
        "Lines start by day, not by night": (
            "update {t} set activated_at = cast(activated_at as timestamp) - interval 9 hour"
        ),
        "Handsets are at least a third of the rows": (
            "update {t} set line_kind = 'iot' where line_id not like '%0'"
        ),
        "Lines carry an IMSI of fifteen digits": "update {t} set imsi = substr(imsi, 2)",
        "Lines carry an IMEI of fifteen digits": "update {t} set imei = substr(imei, 1, 14)",
        "Lines carry a phone number": "update {t} set msisdn = null where line_id like '%0'",
        "Lines have a plan": "update {t} set plan_code = '' where line_id like '%0'",
        "Lines that came by porting name the carrier they left": (
            "update {t} set donor_carrier = null"
        ),
        "The operator itself ends at most half of the lines that end": (
            "update {t} set termination_kind = 'forced' where terminated_at is not null"
        ),
    },
    "raw.raw_micropayments": {
        "Payment times can be read": (
            "update {t} set paid_at = replace(paid_at, '-', '/') || ' KST'"
        ),
        "A payment is 100 to 1,000,000 won on average": "update {t} set amount_krw = '27'",
        "Payments above a million won are rare": (
            "update {t} set amount_krw = '1500000' where payment_id like '%0'"
        ),
        "Payments name their channel": "update {t} set channel = null",
        "Payments come in by more than the night": (
            "update {t} set paid_at = cast(date_trunc('day', try_cast(paid_at as timestamp)) "
            "+ interval 3 hour as varchar)"
        ),
    },
    "raw.raw_port_requests": {
        "Request times can be read": "update {t} set requested_at = null",
        "Customers ask by day, not by night": (
            "update {t} set requested_at = try_cast(requested_at as timestamp) - interval 9 hour"
        ),
        "Completed requests name the day they were processed": "update {t} set processed_on = null",
        "Most requests that were settled were completed": (
            "update {t} set status = 'rejected' where port_id not like '%0'"
        ),
        "Donor and recipient are different carriers": (
            "update {t} set donor_carrier = recipient_carrier"
        ),
        "A port takes less than ten days on average": (
            "update {t} set processed_on = cast(try_cast(requested_at as date) + 30 as varchar)"
        ),
    },
    "raw.raw_refund_payments": {
        "A refund is 1,000 to 2,000,000 won on average": (
            "update {t} set amount_krw = amount_krw || '000'"
        ),
        "Few refunds are returned by the bank": "update {t} set status = 'returned'",
        "There are at most two refund rows per claim row": (
            "delete from raw.raw_waiver_claims where claim_id not like '%00'"
        ),
    },
    "raw.raw_waiver_claims": {
        "Claim times can be read": (
            "update {t} set claimed_at = strftime(try_cast(claimed_at as timestamp), "
            "'%d.%m.%Y %H:%M')"
        ),
        "Claims have a decision or are pending": "update {t} set operator_decision = ''",
        "Half of the decisions at least are in favour": (
            "update {t} set operator_decision = 'rejected' where operator_decision = 'accepted'"
        ),
        "Accounts are mostly the customer's own": "update {t} set payee_is_owner = 'false'",
    },
}
