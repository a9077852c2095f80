-- Grain: one row per line ever in service in the deliveries, in its state at the as-of date.

with lines as (

    select * from {{ ref('stg_operator__lines') }}

),

customers as (

    select * from {{ ref('stg_operator__customers') }}

),

plans as (

    select * from {{ ref('ref_plans') }}

),

lines_affected as (

    select * from {{ ref('int_lines_affected') }}

),

final as (

    select
        cast(lines.line_key as bigint) as line_key,
        cast(lines.customer_key as bigint) as customer_key,
        cast(lines.line_kind as varchar) as line_kind,
        cast(lines.network_brand as varchar) as network_brand,
        cast(lines.is_own_brand as boolean) as is_own_brand,
        cast(lines.plan_code as varchar) as plan_code,
        cast(plans.plan_tier as varchar) as plan_tier,
        cast(customers.age_band as varchar) as age_band,
        cast(customers.region_code as varchar) as region,
        cast(lines.activated_on as date) as activated_on,
        cast(lines.terminated_on as date) as terminated_on,
        cast(coalesce(lines_affected.is_exposed, false) as boolean) as is_exposed,
        cast(coalesce(lines_affected.is_payment_victim, false) as boolean) as is_payment_victim
    from lines
    left join customers
        on lines.customer_key = customers.customer_key
    left join plans
        on lines.plan_code = plans.plan_code
    left join lines_affected
        on lines.line_key = lines_affected.line_key

)

select * from final
