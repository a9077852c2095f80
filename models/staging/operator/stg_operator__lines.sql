{{ config(materialized='view', meta={'rows_kept_by': 'line_key'}) }}

with

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
),

final as (
    select
        line_key,
        customer_key,
        line_kind,
        network_brand,
        is_own_brand,
        plan_code,
        activated_at,
        cast(activated_at as date) as activated_on,
        activation_kind,
        donor_carrier,
        suspended_on,
        last_device_change_on,
        last_recontract_on,
        terminated_at,
        cast(terminated_at as date) as terminated_on,
        termination_kind,
        rejoined_on,
        rejoined_line_key,
        loaded_on
    from lines
)

select * from final
