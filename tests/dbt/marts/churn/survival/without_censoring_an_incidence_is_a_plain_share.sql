-- Since a disclosure everybody is followed from one day on, and nobody is censored before the as-of
-- date: what the estimator says is then leavers over lines at the start, to the last digit.

with competing_departures as (

    select * from {{ ref('rpt_competing_departures') }}
    where time_origin = 'disclosure'

),

risk_sets as (

    select * from {{ ref('fct_risk_sets') }}
    where day_number = starts_on_day

),

final as (

    select
        competing_departures.incident_id,
        competing_departures.stratum_kind,
        competing_departures.stratum,
        competing_departures.kind,
        competing_departures.recipient,
        competing_departures.day_number
    from competing_departures
    inner join risk_sets
        on
            competing_departures.time_origin = risk_sets.time_origin
            and competing_departures.incident_id = risk_sets.incident_id
            and competing_departures.stratum_kind = risk_sets.stratum_kind
            and competing_departures.stratum = risk_sets.stratum
    where
        abs(
            competing_departures.incidence
            - cast(competing_departures.cumulative_departures as double) / risk_sets.at_risk
        ) > 0.00000001

)

select * from final
