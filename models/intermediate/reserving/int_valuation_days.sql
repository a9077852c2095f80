-- Grain: one row per month begun by the as-of date: the day at whose end it is valued.

with calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

final as (

    select
        cast(date_trunc('month', calendar.calendar_date) as date) as cost_month,
        max(calendar.calendar_date) as valuation_on
    from calendar
    cross join delivery_facts
    where calendar.calendar_date <= delivery_facts.as_of_date
    group by 1

)

select * from final
