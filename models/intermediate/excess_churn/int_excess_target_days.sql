-- Grain: one row per (fit, target, delivered processing day of the target).
-- A target is what a number is asked for: a day, a phase of an incident, or all its phases.

with fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

incident_days as (

    select * from {{ ref('int_incident_days') }}

),

phases as (

    select incident_id, processed_on, period_kind as phase
    from incident_days
    where is_own_incident
    union all
    select incident_id, processed_on, 'whole' as phase
    from incident_days
    where is_own_incident

),

final as (

    select
        fit_id,
        'day ' || cast(processed_on as string) as target_id,
        cast(null as string) as incident_id,
        cast(null as string) as phase,
        processed_on
    from fit_days
    where incident_id is null
    union all
    select
        fit_days.fit_id,
        phases.incident_id || ' ' || phases.phase as target_id,
        phases.incident_id,
        phases.phase,
        phases.processed_on
    from fit_days
    inner join phases
        on fit_days.processed_on = phases.processed_on
    where coalesce(fit_days.incident_id, phases.incident_id) = phases.incident_id

)

select * from final
