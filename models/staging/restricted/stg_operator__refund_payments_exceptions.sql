with

delivered as (
    {{ delivered_rows('refund_payments') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

claims as (
    select * from {{ ref('stg_operator__waiver_claims') }}
),

resolved as (
    select
        {{ delivered_columns('refund_payments', 'delivered') }}
        claims.claim_id is null as is_claim_unknown
    from delivered
    left join claims on delivered.claim_id = claims.claim_id
),

checked as (
    select
        {{ delivered_columns('refund_payments', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['refund_id', 'claim_id']),
            'invalid_date': unreadable_dates(['paid_on']) + absent(['paid_on']),
            'impossible_date': not_yet_happened(['paid_on']),
            'negative_amount': negative(['amount_krw']),
            'invalid_amount': unreadable_numbers(['amount_krw']) + absent(['amount_krw']),
            'unknown_code': not_in_code_list({'status': 'refund_status'}) + absent(['status']),
            'orphan_parent': ['is_claim_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('refund_payments') }}

select * from final
