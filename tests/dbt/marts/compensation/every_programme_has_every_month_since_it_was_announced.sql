with costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

months_found as (

    select
        programme_id,
        min(cost_month) as first_month,
        max(cost_month) as last_month,
        count(*) as month_count
    from costs
    group by 1

),

final as (

    select
        programmes.programme_id,
        months_found.first_month,
        months_found.last_month,
        months_found.month_count
    from programmes
    cross join delivery_facts
    left join months_found
        on programmes.programme_id = months_found.programme_id
    where
        months_found.programme_id is null
        or months_found.first_month > programmes.announced_on
        or months_found.last_month
        is distinct from cast(date_trunc('month', delivery_facts.as_of_date) as date)
        or months_found.month_count
        != {{ dbt.datediff('months_found.first_month', 'months_found.last_month', 'month') }} + 1

)

select * from final
