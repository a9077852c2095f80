-- Grain: one row per plan.

with plans as (

    select * from {{ ref('ref_plans') }}

),

final as (

    select
        cast(plan_code as string) as plan_code,
        cast(plan_name as string) as plan_name,
        cast(network_brand as string) as network_brand,
        cast(plan_tier as string) as plan_tier,
        cast(is_unlimited_data as boolean) as is_unlimited_data,
        cast(monthly_fee_krw as bigint) as monthly_fee_krw,
        cast(allowance_gb as bigint) as allowance_gb
    from plans

)

select * from final
