{{ config(materialized='keyed', unique_key='refund_id', meta={'entity': 'refund_payments'}) }}

with

delivered as (
    {{ delivered_rows('refund_payments') }}
),

exceptions as (
    select * from {{ ref('stg_operator__refund_payments_exceptions') }}
    {{ in_scope('natural_id') }}
),

accepted as (
    {{ accepted_rows('refund_payments') }}
),

final as (
    select
        accepted.refund_id,
        accepted.claim_id,
        {{ as_date('accepted.paid_on') }} as paid_on,
        {{ as_whole_number('accepted.amount_krw') }} as amount_krw,
        {{ as_text('accepted.status') }} as status,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
