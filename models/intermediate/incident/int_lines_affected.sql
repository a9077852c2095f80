-- Grain: one row per line with an exposed identifier or a confirmed unauthorised payment.

{{ config(materialized='keyed', unique_key='line_key') }}

with exposed_identifiers as (

    select * from {{ ref('stg_operator__exposed_identifiers') }}
    {{ in_scope('line_key') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}
    {{ in_scope('line_key') }}

),

signs as (

    select line_key, confirmed_on as exposed_on, cast(null as date) as victim_on
    from exposed_identifiers
    union all
    select line_key, cast(null as date) as exposed_on, confirmed_on as victim_on
    from unauthorised_payments
    where is_confirmed

),

final as (

    select
        line_key,
        min(exposed_on) as exposure_confirmed_on,
        min(victim_on) as payment_confirmed_on,
        count(exposed_on) > 0 as is_exposed,
        count(victim_on) > 0 as is_payment_victim
    from signs
    group by 1

)

select * from final
