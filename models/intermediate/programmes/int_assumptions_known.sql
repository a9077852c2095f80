-- Grain: one row per (programme, parameter): the newest assumption known at the as-of date.

with assumptions as (

    select * from {{ ref('ref_assumptions') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

known_assumptions as (

    select
        assumptions.programme_id,
        assumptions.parameter,
        assumptions.assumption_id,
        assumptions.unit,
        assumptions.low,
        assumptions.base,
        assumptions.high,
        row_number() over (
            partition by assumptions.programme_id, assumptions.parameter
            order by
                assumptions.known_from desc nulls last,
                assumptions.assumption_id asc nulls last
        ) as recency
    from assumptions
    cross join delivery_facts
    where assumptions.known_from <= delivery_facts.as_of_date

),

final as (

    select
        programme_id,
        parameter,
        assumption_id,
        unit,
        low,
        base,
        high
    from known_assumptions
    where recency = 1

)

select * from final
