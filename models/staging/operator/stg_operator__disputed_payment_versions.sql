with

delivered as (
    {{ delivered_rows('disputed_payments') }}
),

exceptions as (
    select * from {{ ref('stg_operator__disputed_payments_exceptions') }}
),

current_versions as (
    select * from {{ ref('stg_operator__disputed_payments') }}
),

superseded as (
    {{ superseded_rows('disputed_payments') }}
),

final as (
    select
        payment_id,
        incident_id,
        confirmed_on,
        status,
        loaded_on as known_from
    from current_versions
    union all
    select
        superseded.payment_id,
        superseded.incident_id,
        {{ as_date('superseded.confirmed_on') }} as confirmed_on,
        {{ as_text('superseded.status') }} as status,
        superseded.delivered_on as known_from
    from superseded
)

select * from final
