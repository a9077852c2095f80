-- The years of a plan add up to what was pledged: not a won more, not a won less.

with commitments as (

    select * from {{ ref('fct_commitments') }}

),

pledges as (

    select * from {{ ref('ref_security_commitments') }}

),

investment_plan as (

    select * from {{ ref('ref_investment_plan') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

programmes_of_pledges as (

    select distinct
        pledges.commitment_id,
        investment_plan.programme_id
    from pledges
    inner join investment_plan
        on pledges.investment_id = investment_plan.investment_id
    inner join delivery_facts
        on
            pledges.known_from <= delivery_facts.as_of_date
            and investment_plan.known_from <= delivery_facts.as_of_date

),

planned as (

    select
        programmes_of_pledges.programme_id,
        sum(commitments.planned_krw) as planned_krw
    from commitments
    inner join programmes_of_pledges
        on commitments.commitment_id = programmes_of_pledges.commitment_id
    group by 1

),

final as (

    select
        planned.programme_id,
        planned.planned_krw,
        programmes.announced_krw
    from planned
    left join programmes
        on planned.programme_id = programmes.programme_id
    where planned.planned_krw is distinct from programmes.announced_krw

)

select * from final
