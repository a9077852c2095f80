with

delivered as (
    {{ delivered_rows('loss_refunds') }}
),

payments as (
    select * from {{ ref('stg_operator__micropayments') }}
),

resolved as (
    select
        {{ delivered_columns('loss_refunds', 'delivered') }}
        payments.payment_id is null as is_payment_unknown
    from delivered
    left join payments on delivered.payment_id = payments.payment_id
),

checked as (
    select
        {{ delivered_columns('loss_refunds', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['refund_id', 'payment_id']),
            'invalid_date': unreadable_dates(['paid_on']) + absent(['paid_on']),
            'impossible_date': not_yet_happened(['paid_on']),
            'negative_amount': negative(['amount_krw']),
            'invalid_amount': unreadable_numbers(['amount_krw']) + absent(['amount_krw']),
            'orphan_parent': ['is_payment_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('loss_refunds') }}

select * from final
