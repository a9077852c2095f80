-- Packages left out; the basis is known when the programme is, and names assumptions that are there
-- and a treatment whose provision is decided.

with programmes as (

    select * from {{ ref('ref_programmes') }}

),

bases as (

    select * from {{ ref('ref_reserving_bases') }}

),

assumptions as (

    select * from {{ ref('ref_assumptions') }}

),

provision_treatments as (

    select * from {{ ref('ref_provision_treatments') }}

),

named as (

    select programme_id, known_from, take_up_parameter as parameter
    from bases
    where take_up_parameter is not null
    union all
    select programme_id, known_from, delay_parameter as parameter
    from bases
    where delay_parameter is not null
    union all
    select programme_id, known_from, unit_cost_parameter as parameter
    from bases
    where unit_cost_parameter is not null

),

final as (

    select 'programme ' || programmes.programme_id || ' has no reserving basis' as problem
    from programmes
    left join bases
        on
            programmes.programme_id = bases.programme_id
            and programmes.known_from >= bases.known_from
    where
        programmes.kind != 'package'
        and bases.programme_id is null
    union all
    select 'treatment ' || programmes.treatment_code || ' is not decided' as problem
    from programmes
    left join provision_treatments
        on programmes.treatment_code = provision_treatments.treatment_code
    where provision_treatments.treatment_code is null
    union all
    select 'no assumption ' || named.parameter || ' of ' || named.programme_id as problem
    from named
    left join assumptions
        on
            named.programme_id = assumptions.programme_id
            and named.parameter = assumptions.parameter
            and named.known_from >= assumptions.known_from
            and assumptions.low <= assumptions.base
            and assumptions.base <= assumptions.high
            and assumptions.low > 0
    where assumptions.assumption_id is null
    union all
    select 'the basis of ' || programme_id || ' lacks what its kind of estimate needs' as problem
    from bases
    where
        (
            estimate_kind = 'take_up'
            and (
                measure is null
                or min_cohorts is null
                or min_ages is null
                or min_developed_share is null
                or interval_z is null
                or delay_parameter is null
            )
        )
        or (
            estimate_kind in ('usage', 'premium')
            and (unit_cost_parameter is null or units_per_month is null)
        )

)

select * from final
