with

delivered as (
    {{ delivered_rows('disputed_payments') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

payments as (
    select * from {{ ref('stg_operator__micropayments') }}
),

incidents as (
    select * from {{ ref('stg_operator__incidents') }}
),

resolved as (
    select
        {{ delivered_columns('disputed_payments', 'delivered') }}
        payments.payment_id is null as is_payment_unknown,
        incidents.incident_id is null as is_incident_unknown
    from delivered
    left join payments on delivered.payment_id = payments.payment_id
    left join incidents on delivered.incident_id = incidents.incident_id
),

checked as (
    select
        {{ delivered_columns('disputed_payments', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['payment_id', 'incident_id']),
            'invalid_date': unreadable_dates(['confirmed_on']) + absent(['confirmed_on']),
            'impossible_date': not_yet_happened(['confirmed_on']),
            'unknown_code': not_in_code_list({'status': 'dispute_status'}) + absent(['status']),
            'orphan_parent': ['is_payment_unknown', 'is_incident_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('disputed_payments') }}

select * from final
