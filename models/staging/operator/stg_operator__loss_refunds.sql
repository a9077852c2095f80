with

delivered as (
    {{ delivered_rows('loss_refunds') }}
),

exceptions as (
    select * from {{ ref('stg_operator__loss_refunds_exceptions') }}
),

accepted as (
    {{ accepted_rows('loss_refunds') }}
),

final as (
    select
        accepted.refund_id,
        accepted.payment_id,
        {{ as_date('accepted.paid_on') }} as paid_on,
        {{ as_whole_number('accepted.amount_krw') }} as amount_krw,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
