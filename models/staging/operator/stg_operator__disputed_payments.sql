with

delivered as (
    {{ delivered_rows('disputed_payments') }}
),

exceptions as (
    select * from {{ ref('stg_operator__disputed_payments_exceptions') }}
),

accepted as (
    {{ accepted_rows('disputed_payments') }}
),

final as (
    select
        accepted.payment_id,
        accepted.incident_id,
        {{ as_date('accepted.confirmed_on') }} as confirmed_on,
        {{ as_text('accepted.status') }} as status,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
