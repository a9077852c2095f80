with survival as (

    select * from {{ ref('rpt_survival') }}

),

steps as (

    select
        stratum as exposure_class,
        day_number,
        until_day,
        at_risk,
        events,
        survival,
        survival_low,
        survival_high,
        row_number() over (
            partition by incident_id, stratum
            order by day_number desc
        ) as steps_from_the_end
    from survival
    where time_origin = 'disclosure' and stratum_kind = 'exposure_class'

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
