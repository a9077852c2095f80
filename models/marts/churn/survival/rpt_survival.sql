-- Grain: one row per (time_origin, incident_id, stratum_kind, stratum, day_number).
-- Kaplan-Meier with delayed entry: a step for every day with a departure, and the first day of the
-- curve. Survival adds up over nothing; strata of one kind share out the events of the total.

with risk_sets as (

    select * from {{ ref('fct_risk_sets') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}

),

-- Logarithms of the shares that stay, to be summed instead of multiplied. Where all at risk leave
-- on one day nothing is left of the curve: a flag says so, since the logarithm of nothing cannot.
terms as (

    select
        risk_sets.curve_id,
        risk_sets.time_origin,
        risk_sets.incident_id,
        risk_sets.stratum_kind,
        risk_sets.stratum,
        risk_sets.day_number,
        risk_sets.starts_on_day,
        origins.interval_z,
        risk_sets.at_risk,
        risk_sets.departures,
        ln(
            1 - cast(risk_sets.departures as double)
            / case
                when risk_sets.departures < risk_sets.at_risk
                    then cast(risk_sets.at_risk as double)
            end
        ) as log_staying,
        cast(risk_sets.departures as double)
        / (
            cast(risk_sets.at_risk as double)
            * nullif(cast(risk_sets.at_risk - risk_sets.departures as double), 0)
        ) as greenwood_term,
        case when risk_sets.departures = risk_sets.at_risk then 1 else 0 end as is_last_leaving
    from risk_sets
    inner join origins
        on
            risk_sets.time_origin = origins.time_origin
            and risk_sets.incident_id = origins.incident_id

),

summed as (

    select
        curve_id,
        time_origin,
        incident_id,
        stratum_kind,
        stratum,
        day_number,
        starts_on_day,
        interval_z,
        at_risk,
        departures,
        {{ exact_sum('log_staying', 24, 'by_day') }} as log_survival,
        {{ exact_sum('greenwood_term', 28, 'by_day') }} as greenwood_sum,
        sum(is_last_leaving) over by_day as times_all_left,
        max(day_number) over (
            partition by curve_id
        ) as last_day_number
    from terms
    window
        by_day as (
            partition by curve_id
            order by day_number asc nulls last
            rows between unbounded preceding and current row
        )

),

steps as (

    select
        curve_id,
        time_origin,
        incident_id,
        stratum_kind,
        stratum,
        day_number,
        coalesce(
            lead(day_number) over (
                partition by curve_id
                order by day_number asc nulls last
            ) - 1,
            last_day_number
        ) as until_day,
        starts_on_day,
        interval_z,
        at_risk,
        departures,
        case when times_all_left = 0 then exp(log_survival) else 0 end as survival,
        case when times_all_left = 0 then exp(2 * log_survival) * greenwood_sum end as variance
    from summed
    where
        departures > 0
        or day_number = starts_on_day

),

final as (

    select
        cast(time_origin as string) as time_origin,
        cast(incident_id as string) as incident_id,
        cast(stratum_kind as string) as stratum_kind,
        cast(stratum as string) as stratum,
        cast(day_number as bigint) as day_number,
        cast(until_day as bigint) as until_day,
        cast(starts_on_day as bigint) as starts_on_day,
        cast(at_risk as bigint) as at_risk,
        cast(departures as bigint) as events,
        cast(round(survival, 10) as decimal(12, 10)) as survival,
        cast(round(sqrt(variance), 10) as decimal(12, 10)) as standard_error,
        cast(
            round({{ log_log_bound('survival', 'variance', 'interval_z', 1) }}, 10)
            as decimal(12, 10)
        ) as survival_low,
        cast(
            round({{ log_log_bound('survival', 'variance', 'interval_z', -1) }}, 10)
            as decimal(12, 10)
        ) as survival_high
    from steps

)

select * from final
