{% macro raw_contract(entity) -%}
    {#-
        The raw contract of one entity: its natural key; its columns in the order of the contract
        (batch_date aside, which every entity has); of these the values, which hold a day, a time, a
        number or a flag, while all others are text; and the columns that hold won. The one list
        that the generic steps (known rows, versions, row status) are written from.
    -#}
    {%- set contracts = {
        'customers': {
            'key': ['customer_id'],
            'columns': ['customer_id', 'birth_date', 'customer_type', 'region_code'],
            'values': ['birth_date'],
            'money': [],
        },
        'lines': {
            'key': ['line_id'],
            'columns': [
                'line_id', 'customer_id', 'msisdn', 'imsi', 'imei', 'line_kind', 'network_brand',
                'plan_code', 'activated_at', 'activation_kind', 'donor_carrier', 'suspended_on',
                'last_device_change_on', 'last_recontract_on', 'terminated_at', 'termination_kind',
            ],
            'values': [
                'activated_at', 'suspended_on', 'last_device_change_on', 'last_recontract_on',
                'terminated_at',
            ],
            'money': [],
        },
        'contracts': {
            'key': ['contract_id'],
            'columns': [
                'contract_id', 'line_id', 'contract_kind', 'signed_on', 'term_months', 'term_days',
                'monthly_discount_krw', 'subsidy_krw', 'ended_on',
            ],
            'values': [
                'signed_on', 'term_months', 'term_days', 'monthly_discount_krw', 'subsidy_krw',
                'ended_on',
            ],
            'money': ['monthly_discount_krw', 'subsidy_krw'],
        },
        'bill_items': {
            'key': ['item_id'],
            'columns': [
                'item_id', 'line_id', 'contract_id', 'billed_on', 'item_kind', 'amount_krw',
                'paid_on',
            ],
            'values': ['billed_on', 'amount_krw', 'paid_on'],
            'money': ['amount_krw'],
        },
        'port_requests': {
            'key': ['port_id'],
            'columns': [
                'port_id', 'line_id', 'msisdn', 'donor_carrier', 'recipient_carrier',
                'requested_at', 'processed_on', 'status',
            ],
            'values': ['requested_at', 'processed_on'],
            'money': [],
        },
        'micropayments': {
            'key': ['payment_id'],
            'columns': [
                'payment_id', 'line_id', 'paid_at', 'amount_krw', 'channel', 'merchant_code',
                'access_point_id',
            ],
            'values': ['paid_at', 'amount_krw'],
            'money': ['amount_krw'],
        },
        'incidents': {
            'key': ['incident_id'],
            'columns': [
                'incident_id', 'carrier', 'kind', 'started_on', 'ended_on', 'detected_on',
                'reported_on',
            ],
            'values': ['started_on', 'ended_on', 'detected_on', 'reported_on'],
            'money': [],
        },
        'incident_events': {
            'key': ['event_id'],
            'columns': [
                'event_id', 'incident_id', 'occurred_on', 'event_kind', 'body', 'cause_code',
                'note',
            ],
            'values': ['occurred_on'],
            'money': [],
        },
        'exposed_identifiers': {
            'key': ['incident_id', 'line_id', 'element'],
            'columns': [
                'incident_id', 'line_id', 'element', 'access_point_id', 'first_seen_on',
                'confirmed_on',
            ],
            'values': ['first_seen_on', 'confirmed_on'],
            'money': [],
        },
        'disputed_payments': {
            'key': ['payment_id', 'incident_id'],
            'columns': ['payment_id', 'incident_id', 'confirmed_on', 'status'],
            'values': ['confirmed_on'],
            'money': [],
        },
        'access_points': {
            'key': ['access_point_id'],
            'columns': [
                'access_point_id', 'kind', 'is_registered', 'certificate_status', 'region_code',
            ],
            'values': ['is_registered'],
            'money': [],
        },
        'access_attempts_daily': {
            'key': ['attempt_date', 'access_point_id', 'business_domain'],
            'columns': [
                'attempt_date', 'access_point_id', 'business_domain', 'attempts',
                'verified_attempts', 'monitored_attempts',
            ],
            'values': ['attempt_date', 'attempts', 'verified_attempts', 'monitored_attempts'],
            'money': [],
        },
        'waiver_claims': {
            'key': ['claim_id'],
            'columns': [
                'claim_id', 'line_id', 'claimed_at', 'payee_is_owner', 'obstacle_ended_on',
                'operator_decision', 'operator_reason',
            ],
            'values': ['claimed_at', 'payee_is_owner', 'obstacle_ended_on'],
            'money': [],
        },
        'refund_payments': {
            'key': ['refund_id'],
            'columns': ['refund_id', 'claim_id', 'paid_on', 'amount_krw', 'status'],
            'values': ['paid_on', 'amount_krw'],
            'money': ['amount_krw'],
        },
        'loss_refunds': {
            'key': ['refund_id'],
            'columns': ['refund_id', 'payment_id', 'paid_on', 'amount_krw'],
            'values': ['paid_on', 'amount_krw'],
            'money': ['amount_krw'],
        },
        'benefit_choices': {
            'key': ['line_id', 'incident_id'],
            'columns': ['line_id', 'incident_id', 'chosen_on', 'choice'],
            'values': ['chosen_on'],
            'money': [],
        },
        'data_usage_monthly': {
            'key': ['line_id', 'usage_month'],
            'columns': ['line_id', 'usage_month', 'granted_gb', 'used_gb'],
            'values': ['usage_month', 'granted_gb', 'used_gb'],
            'money': [],
        },
        'benefit_redemptions': {
            'key': ['redemption_id'],
            'columns': [
                'redemption_id', 'line_id', 'partner_category', 'redeemed_on', 'face_value_krw',
                'carrier_share_krw',
            ],
            'values': ['redeemed_on', 'face_value_krw', 'carrier_share_krw'],
            'money': ['face_value_krw', 'carrier_share_krw'],
        },
        'insurance_enrolments': {
            'key': ['enrolment_id'],
            'columns': [
                'enrolment_id', 'customer_id', 'enrolled_on', 'route', 'cover_from', 'cover_to',
            ],
            'values': ['enrolled_on', 'cover_from', 'cover_to'],
            'money': [],
        },
        'insurance_claims': {
            'key': ['insurance_claim_id'],
            'columns': [
                'insurance_claim_id', 'enrolment_id', 'loss_on', 'claimed_on', 'loss_krw',
                'paid_krw', 'paid_on',
            ],
            'values': ['loss_on', 'claimed_on', 'loss_krw', 'paid_krw', 'paid_on'],
            'money': ['loss_krw', 'paid_krw'],
        },
    } -%}
    {%- if entity is none -%}
        {{ return(contracts) }}
    {%- endif -%}
    {{ return(contracts[entity]) }}
{%- endmacro %}


{% macro raw_entities() -%}
    {#- Every entity of the raw contract, in the order of the contract. -#}
    {{ return(raw_contract(none).keys() | list) }}
{%- endmacro %}
