-- Data and insurance cost what an assumption says a unit costs; without one their cost would be
-- unknown. The assumption must be in use when the programme is announced, in whole won.

with programmes as (

    select * from {{ ref('ref_programmes') }}

),

assumptions as (

    select * from {{ ref('ref_assumptions') }}

),

final as (

    select
        'programme ' || programmes.programme_id
        || ' has no unit_cost_krw in whole won' as problem
    from programmes
    left join assumptions
        on
            programmes.programme_id = assumptions.programme_id
            and assumptions.parameter = 'unit_cost_krw'
            and programmes.known_from >= assumptions.known_from
            and assumptions.low <= assumptions.base
            and assumptions.base <= assumptions.high
            and assumptions.base = floor(assumptions.base)
    where
        programmes.kind in ('data', 'insurance')
        and assumptions.assumption_id is null

)

select * from final
