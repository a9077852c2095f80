-- Who has left, in whatever way, and who is still in service are everybody, on every day reported.

with competing_departures as (

    select * from {{ ref('rpt_competing_departures') }}

),

by_day as (

    select
        time_origin,
        incident_id,
        stratum_kind,
        stratum,
        day_number,
        sum(incidence) + max(in_service) as everybody
    from competing_departures
    group by 1, 2, 3, 4, 5

),

final as (

    select
        time_origin,
        incident_id,
        stratum_kind,
        stratum,
        day_number,
        everybody
    from by_day
    where abs(everybody - 1) > 0.00000001

)

select * from final
