-- Grain: one row per disputed payment.

with disputed_payments as (

    select * from {{ ref('stg_operator__disputed_payments') }}

),

micropayments as (

    select * from {{ ref('stg_operator__micropayments') }}

),

loss_refunds as (

    select * from {{ ref('stg_operator__loss_refunds') }}

),

refunds_by_payment as (

    select
        payment_id,
        cast(sum(amount_krw) as bigint) as refunded_krw,
        min(paid_on) as refunded_on
    from loss_refunds
    group by 1

),

final as (

    select
        disputed_payments.payment_id,
        disputed_payments.incident_id,
        micropayments.line_key,
        micropayments.paid_at,
        cast(micropayments.paid_at as date) as paid_on,
        micropayments.amount_krw,
        micropayments.channel,
        micropayments.merchant_code,
        micropayments.access_point_id,
        disputed_payments.confirmed_on,
        disputed_payments.status,
        disputed_payments.status = 'confirmed' as is_confirmed,
        refunds_by_payment.refunded_on,
        coalesce(refunds_by_payment.refunded_krw, 0) as refunded_krw,
        disputed_payments.loaded_on as known_from
    from disputed_payments
    inner join micropayments
        on disputed_payments.payment_id = micropayments.payment_id
    left join refunds_by_payment
        on disputed_payments.payment_id = refunds_by_payment.payment_id

)

select * from final
