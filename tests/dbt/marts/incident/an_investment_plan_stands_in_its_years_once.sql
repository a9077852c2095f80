-- What fct_commitments adds up to is the newest plan of every pledged investment, nothing twice.

with commitments as (

    select * from {{ ref('fct_commitments') }}

),

pledges as (

    select * from {{ ref('ref_security_commitments') }}

),

investment_plan as (

    select * from {{ ref('ref_investment_plan') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

pledged_investments as (

    select distinct
        pledges.commitment_id,
        pledges.investment_id
    from pledges
    inner join delivery_facts
        on pledges.known_from <= delivery_facts.as_of_date
    where pledges.investment_id is not null

),

planned as (

    select
        pledged_investments.commitment_id,
        investment_plan.year,
        max_by(investment_plan.planned_krw, investment_plan.known_from) as planned_krw
    from pledged_investments
    inner join investment_plan
        on pledged_investments.investment_id = investment_plan.investment_id
    inner join delivery_facts
        on investment_plan.known_from <= delivery_facts.as_of_date
    group by 1, 2

),

final as (

    select
        planned.commitment_id,
        planned.year,
        planned.planned_krw,
        commitments.planned_krw as published_krw
    from planned
    left join commitments
        on
            planned.commitment_id = commitments.commitment_id
            and planned.year = commitments.plan_year
    where planned.planned_krw is distinct from commitments.planned_krw

)

select * from final
