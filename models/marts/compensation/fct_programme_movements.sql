-- Grain: one row per (programme, month) in which anything was incurred or paid.
-- Amounts are of the month and add up over months and programmes. Months after the as-of date hold
-- payments that are assumed to be still to come.

with obligation_movements as (

    select * from {{ ref('fct_obligation_movements') }}

),

benefits as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

investment_plan as (

    select * from {{ ref('ref_investment_plan') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- When is the use of a month paid? Exports do not say; the delay is an assumption.
benefit_costs as (

    select
        benefits.programme_id,
        benefits.benefit_month,
        cast(
            benefits.benefit_month
            + cast(coalesce(max(assumptions.base), 0) as integer) * interval 1 month as date
        ) as settled_month,
        sum(benefits.cost_krw) as cost_krw
    from benefits
    left join assumptions
        on
            benefits.programme_id = assumptions.programme_id
            and assumptions.parameter = 'settlement_lag_months'
    group by 1, 2

),

movements as (

    select
        programme_id,
        movement_month,
        incurred_krw,
        paid_krw,
        outstanding_change_krw
    from obligation_movements
    union all
    select
        programme_id,
        benefit_month as movement_month,
        cost_krw as incurred_krw,
        0 as paid_krw,
        cost_krw as outstanding_change_krw
    from benefit_costs
    union all
    select
        programme_id,
        settled_month as movement_month,
        0 as incurred_krw,
        cost_krw as paid_krw,
        -cost_krw as outstanding_change_krw
    from benefit_costs
    union all
    select
        programmes.programme_id,
        cast(date_trunc('month', investment_plan.known_from) as date) as movement_month,
        investment_plan.actual_krw as incurred_krw,
        investment_plan.actual_krw as paid_krw,
        0 as outstanding_change_krw
    from investment_plan
    inner join programmes
        on investment_plan.programme_id = programmes.programme_id
    cross join delivery_facts
    where
        investment_plan.actual_krw is not null
        and investment_plan.known_from <= delivery_facts.as_of_date

),

final as (

    select
        cast(programme_id as varchar) as programme_id,
        cast(movement_month as date) as movement_month,
        cast(sum(incurred_krw) as bigint) as incurred_krw,
        cast(sum(paid_krw) as bigint) as paid_krw,
        cast(sum(outstanding_change_krw) as bigint) as outstanding_change_krw
    from movements
    group by 1, 2

)

select * from final
