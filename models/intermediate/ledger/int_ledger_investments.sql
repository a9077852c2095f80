{{ config(materialized='view') }}

-- Grain: one row per (investment, year, day on which its spending was reported).

with investment_plan as (

    select * from {{ ref('ref_investment_plan') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

final as (

    select
        'investment_spent' as event_kind,
        investment_plan.programme_id,
        cast(null as bigint) as line_key,
        investment_plan.investment_id || '-' || cast(investment_plan.year as string) as source_id,
        cast(null as string) as policy_version,
        investment_plan.known_from as posted_on,
        cast(null as date) as document_on,
        investment_plan.known_from,
        coalesce(investment_plan.actual_krw, 0) as amount_krw
    from investment_plan
    cross join delivery_facts
    where investment_plan.known_from <= delivery_facts.as_of_date

)

select * from final
