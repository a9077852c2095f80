-- Grain: one row per (incident, moved driver, side, assumption).
-- Which value each assumption takes while one driver of the cost, all or none are moved from their
-- base. A driver is an assumption, or an estimate of what is still to come.

with outlook as (

    select * from {{ ref('fct_programme_outlook') }}

),

assumptions as (

    select * from {{ ref('int_cost_assumptions_known') }}

),

incidents as (

    select incident_id from outlook
    union
    select incident_id from assumptions

),

sides as (

    select 'low' as side
    union all
    select 'high' as side

),

drivers as (

    select incident_id, assumption_id as moved_driver_id from assumptions
    union
    select incident_id, estimate_driver_id as moved_driver_id from outlook
    where estimate_driver_id is not null
    union
    select incident_id, 'all' as moved_driver_id from incidents

),

settings as (

    select incident_id, 'none' as moved_driver_id, 'base' as side from incidents
    union all
    select drivers.incident_id, drivers.moved_driver_id, sides.side
    from drivers
    cross join sides

),

final as (

    select
        cast(settings.incident_id as string) as incident_id,
        cast(settings.moved_driver_id as string) as moved_driver_id,
        cast(settings.side as string) as side,
        cast(assumptions.assumption_id as string) as assumption_id,
        cast(assumptions.programme_id as string) as programme_id,
        cast(assumptions.parameter as string) as parameter,
        cast(assumptions.base as decimal(18, 6)) as base_value,
        cast(
            {{ moved_value(
                'assumptions.assumption_id',
                'assumptions.low',
                'assumptions.base',
                'assumptions.high'
            ) }} as decimal(18, 6)
        ) as set_value
    from settings
    left join assumptions
        on settings.incident_id = assumptions.incident_id

)

select * from final
