-- A grant, a redemption or a cover that fits no known programme would be a cost nobody sees. It
-- means that ref_programmes lacks a programme, or the days of one.

with benefits as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

data_usage as (

    select * from {{ ref('stg_operator__data_usage_monthly') }}

),

redemptions as (

    select * from {{ ref('stg_operator__benefit_redemptions') }}

),

enrolments as (

    select * from {{ ref('stg_operator__insurance_enrolments') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

delivered as (

    select 'gb' as unit, coalesce(sum(used_gb), 0) as quantity
    from data_usage
    where granted_gb > 0
    union all
    select 'redemption' as unit, count(*) as quantity
    from redemptions
    union all
    select 'customers insured' as unit, count(distinct enrolments.customer_key) as quantity
    from enrolments
    cross join delivery_facts
    where enrolments.cover_from <= delivery_facts.as_of_date

),

booked as (

    select unit, sum(used) as quantity
    from benefits
    where unit in ('gb', 'redemption')
    group by 1
    union all
    select 'customers insured' as unit, count(distinct holder_key) as quantity
    from benefits
    where
        unit = 'insured_month'
        and used > 0

),

final as (

    select
        delivered.unit,
        delivered.quantity as delivered_quantity,
        coalesce(booked.quantity, 0) as booked_quantity
    from delivered
    left join booked
        on delivered.unit = booked.unit
    where delivered.quantity != coalesce(booked.quantity, 0)

)

select * from final
