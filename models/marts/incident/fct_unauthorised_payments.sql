-- Grain: one row per disputed micropayment, confirmed as unauthorised or dismissed.
-- amount_krw and refunded_krw are additive; take is_confirmed for the loss.

with unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}

),

final as (

    select
        cast(payment_id as string) as payment_id,
        cast(incident_id as string) as incident_id,
        cast(line_key as bigint) as line_key,
        cast(paid_at as timestamp) as paid_at,
        cast(paid_on as date) as paid_on,
        cast(amount_krw as bigint) as amount_krw,
        cast(channel as string) as channel,
        cast(merchant_code as string) as merchant_code,
        cast(access_point_id as string) as access_point_id,
        cast(status as string) as status,
        cast(is_confirmed as boolean) as is_confirmed,
        cast(confirmed_on as date) as confirmed_on,
        cast(refunded_on as date) as refunded_on,
        cast(refunded_krw as bigint) as refunded_krw,
        cast(known_from as date) as known_from
    from unauthorised_payments

)

select * from final
