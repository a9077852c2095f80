-- Grain: one row per programme known at the as-of date, packages left out: how it is estimated.
-- The newest basis known, with the assumptions that it names. Without a take-up assumption all is
-- taken up; a programme without a basis has empty columns and nothing to come.

with bases as (

    select * from {{ ref('ref_reserving_bases') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

provision_treatments as (

    select * from {{ ref('ref_provision_treatments') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

bases_ranked as (

    select
        bases.programme_id,
        bases.estimate_kind,
        bases.measure,
        bases.cohort_grain,
        bases.lag_grain,
        bases.lag_from,
        bases.min_cohorts,
        bases.min_ages,
        bases.min_developed_share,
        bases.interval_z,
        bases.take_up_parameter,
        bases.delay_parameter,
        bases.unit_cost_parameter,
        bases.volume_segment,
        bases.units_per_month,
        row_number() over (
            partition by bases.programme_id
            order by bases.known_from desc nulls last
        ) as recency
    from bases
    cross join delivery_facts
    where bases.known_from <= delivery_facts.as_of_date

),

final as (

    select
        programmes.programme_id,
        programmes.kind,
        programmes.treatment_code,
        programmes.incident_id,
        programmes.is_victims_only,
        programmes.victim_signs,
        programmes.announced_on,
        programmes.starts_on,
        programmes.ends_on,
        programmes.months,
        programmes.quantity_per_unit,
        coalesce(provision_treatments.is_provision, false) as is_provision,
        bases_ranked.estimate_kind,
        bases_ranked.measure,
        coalesce(bases_ranked.cohort_grain, 'day') as cohort_grain,
        coalesce(bases_ranked.lag_grain, 'day') as lag_grain,
        bases_ranked.lag_from,
        bases_ranked.min_cohorts,
        bases_ranked.min_ages,
        bases_ranked.min_developed_share,
        bases_ranked.interval_z,
        bases_ranked.volume_segment,
        bases_ranked.units_per_month,
        cast(coalesce(take_up.low, 1) as double) as take_up_low,
        cast(coalesce(take_up.base, 1) as double) as take_up_base,
        cast(coalesce(take_up.high, 1) as double) as take_up_high,
        cast(coalesce(delays.low, 1) as double) as half_life_low,
        cast(coalesce(delays.base, 1) as double) as half_life_base,
        cast(coalesce(delays.high, 1) as double) as half_life_high,
        cast(coalesce(utilisation.low, 1) as double) as utilisation_low,
        cast(coalesce(utilisation.base, 1) as double) as utilisation_base,
        cast(coalesce(utilisation.high, 1) as double) as utilisation_high,
        cast(coalesce(unit_costs.low, 0) as double) as unit_cost_low,
        cast(coalesce(unit_costs.base, 0) as double) as unit_cost_base,
        cast(coalesce(unit_costs.high, 0) as double) as unit_cost_high
    from programmes
    left join bases_ranked
        on
            programmes.programme_id = bases_ranked.programme_id
            and bases_ranked.recency = 1
    left join provision_treatments
        on programmes.treatment_code = provision_treatments.treatment_code
    left join assumptions as take_up
        on
            bases_ranked.programme_id = take_up.programme_id
            and bases_ranked.take_up_parameter = take_up.parameter
    left join assumptions as delays
        on
            bases_ranked.programme_id = delays.programme_id
            and bases_ranked.delay_parameter = delays.parameter
    left join assumptions as unit_costs
        on
            bases_ranked.programme_id = unit_costs.programme_id
            and bases_ranked.unit_cost_parameter = unit_costs.parameter
    left join assumptions as utilisation
        on
            programmes.programme_id = utilisation.programme_id
            and utilisation.parameter = 'utilisation_rate'
    where programmes.kind != 'package'

)

select * from final
