{{ config(materialized='keyed', unique_key='line_id') }}

with

delivered as (
    {{ delivered_rows('lines') }}
),

exceptions as (
    select * from {{ ref('stg_operator__lines_exceptions') }}
    {{ in_scope('natural_id', 'lines') }}
),

customers as (
    select * from {{ ref('stg_operator__customer_vault') }}
    {{ in_scope('customer_id') }}
),

rejoins as (
    select * from {{ ref('stg_operator__line_rejoins') }}
    {{ in_scope('line_id') }}
),

carriers as (
    select * from {{ ref('ref_carriers') }}
),

accepted as (
    {{ accepted_rows('lines') }}
),

final as (
    select
        accepted.line_id,
        {{ pseudonym('line', 'accepted.line_id') }} as line_key,
        customers.customer_key,
        accepted.line_kind,
        accepted.network_brand,
        carriers.is_operator as is_own_brand,
        accepted.plan_code,
        {{ as_timestamp('accepted.activated_at') }} as activated_at,
        accepted.activation_kind,
        {{ as_text('accepted.donor_carrier') }} as donor_carrier,
        {{ as_date('accepted.suspended_on') }} as suspended_on,
        {{ as_date('accepted.last_device_change_on') }} as last_device_change_on,
        {{ as_date('accepted.last_recontract_on') }} as last_recontract_on,
        {{ as_timestamp('accepted.terminated_at') }} as terminated_at,
        {{ as_text('accepted.termination_kind') }} as termination_kind,
        rejoins.rejoined_on,
        {{ pseudonym('line', 'rejoins.rejoined_line_id') }} as rejoined_line_key,
        accepted.delivered_on as loaded_on
    from accepted
    inner join customers on accepted.customer_id = customers.customer_id
    inner join carriers on accepted.network_brand = carriers.carrier_code
    left join rejoins on accepted.line_id = rejoins.line_id
)

select * from final
