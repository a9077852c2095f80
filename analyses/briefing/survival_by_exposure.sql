with survival as (

    select * from {{ ref('rpt_survival') }}

),

incidents as (

    select * from {{ ref('dim_incidents') }}

),

-- Days count from one disclosure: that of the newest incident that has one.
newest as (

    select max_by(incidents.incident_id, incidents.started_on) as incident_id
    from incidents
    inner join survival
        on incidents.incident_id = survival.incident_id
    where survival.time_origin = 'disclosure'

),

steps as (

    select
        survival.stratum as exposure_class,
        survival.day_number,
        survival.until_day,
        survival.at_risk,
        survival.events,
        survival.survival,
        survival.survival_low,
        survival.survival_high,
        row_number() over (
            partition by survival.stratum
            order by survival.day_number desc
        ) as steps_from_the_end
    from survival
    inner join newest
        on survival.incident_id = newest.incident_id
    where survival.time_origin = 'disclosure' and survival.stratum_kind = 'exposure_class'

)

select
    exposure_class,
    day_number,
    -- Where the last step of a curve ends; the others end where the next begins.
    case when steps_from_the_end = 1 then until_day end as until_day,
    at_risk,
    events,
    survival,
    survival_low,
    survival_high
from steps
order by exposure_class, day_number
