-- Revenue forgone by excess churn needs every assumption that makes won of leavers, known from the
-- day of the window on.

with incident_periods as (

    select * from {{ ref('ref_incident_periods') }}

),

incident_assumptions as (

    select * from {{ ref('ref_incident_assumptions') }}

),

windows as (

    select incident_id, known_from
    from incident_periods
    where period_kind = 'window'

),

parameters as (

    select distinct parameter from incident_assumptions

),

final as (

    select
        'incident ' || windows.incident_id || ' has no ' || parameters.parameter as problem
    from windows
    cross join parameters
    left join incident_assumptions
        on
            windows.incident_id = incident_assumptions.incident_id
            and parameters.parameter = incident_assumptions.parameter
            and windows.known_from >= incident_assumptions.known_from
    where incident_assumptions.incident_id is null

)

select * from final
