-- Grain: one row per (origin and incident, stratum, day_number, kind, recipient).
-- Aalen-Johansen: what share has left this way by the day. Incidences of one stratum and day add
-- up, with in_service to 1; over days and strata nothing does.

with changes as (

    select * from {{ ref('fct_risk_set_changes') }}

),

risk_sets as (

    select * from {{ ref('fct_risk_sets') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}

),

curves as (

    select distinct curve_id, time_origin, incident_id, stratum_kind, stratum
    from risk_sets

),

ways_out as (

    select distinct
        curve_id,
        change_kind as kind,
        recipient
    from changes
    where change_kind not in ('entered', 'censored')

),

-- The last day with an end in each stretch of days that one row of the report stands for.
days as (

    select
        risk_sets.curve_id,
        risk_sets.day_number,
        cast(risk_sets.at_risk as double) as at_risk,
        cast(risk_sets.terminations as double) as terminations,
        risk_sets.in_service_before,
        origins.interval_z,
        floor((risk_sets.day_number - 1) / origins.report_every_days) as stretch,
        floor(
            (
                lead(risk_sets.day_number) over (
                    partition by risk_sets.curve_id
                    order by risk_sets.day_number asc nulls last
                ) - 1
            ) / origins.report_every_days
        ) as next_stretch
    from risk_sets
    inner join origins
        on
            risk_sets.time_origin = origins.time_origin
            and risk_sets.incident_id = origins.incident_id
    where risk_sets.terminations > 0

),

days_by_way as (

    select
        days.curve_id,
        ways_out.kind,
        ways_out.recipient,
        days.day_number,
        days.interval_z,
        days.stretch,
        days.next_stretch is null or days.next_stretch > days.stretch as is_reported,
        days.at_risk,
        coalesce(changes.lines, 0) as lines,
        days.in_service_before,
        1 - days.terminations / days.at_risk as staying_share,
        days.terminations / (days.at_risk * nullif(days.at_risk - days.terminations, 0))
            as greenwood_term
    from days
    inner join ways_out
        on days.curve_id = ways_out.curve_id
    left join changes
        on
            days.curve_id = changes.curve_id
            and days.day_number = changes.day_number
            and ways_out.kind = changes.change_kind
            and ways_out.recipient = changes.recipient

),

incidences as (

    select
        curve_id, kind, recipient, day_number, stretch, interval_z, is_reported, at_risk,
        in_service_before * staying_share as in_service,
        greenwood_term,
        in_service_before * lines / power(at_risk, 2) as cross_term,
        power(in_service_before, 2) * lines * (at_risk - lines) / power(at_risk, 3) as own_term,
        sum(lines) over by_way as cumulative_departures,
        {{ exact_sum('in_service_before * lines / at_risk', 28, 'by_way') }} as incidence
    from days_by_way
    window
        by_way as (
            partition by curve_id, kind, recipient
            order by day_number asc nulls last
            rows between unbounded preceding and current row
        )

),

-- What is asked of every day is added up by stretch: few rows are left for the running sums.
stretches as (

    select
        curve_id, kind, recipient,
        max(day_number) as day_number,
        max(interval_z) as interval_z,
        max(at_risk) filter (where is_reported) as at_risk,
        max(in_service) filter (where is_reported) as in_service,
        max(cumulative_departures) as cumulative_departures,
        max(incidence) as incidence,
        sum(cast(greenwood_term as decimal(38, 28))) as greenwood,
        sum(cast(greenwood_term * incidence as decimal(38, 28))) as greenwood_by_incidence,
        sum(cast(greenwood_term * power(incidence, 2) as decimal(38, 28))) as greenwood_by_square,
        sum(cast(own_term as decimal(38, 28))) as own,
        sum(cast(cross_term as decimal(38, 28))) as crossed,
        sum(cast(cross_term * incidence as decimal(38, 28))) as crossed_by_incidence
    from incidences
    group by curve_id, kind, recipient, stretch

),

-- The variance asks of every earlier day how far the incidence has come since. With its squares
-- multiplied out it is made of running sums, and no day is compared with all others.
with_variance as (

    select
        curve_id, kind, recipient, day_number, interval_z, at_risk, in_service,
        cumulative_departures, incidence,
        case
            when in_service > 0
                then
                    greatest(
                        power(incidence, 2) * {{ exact_sum('greenwood', 28, 'by_way') }}
                        - 2 * incidence * {{ exact_sum('greenwood_by_incidence', 28, 'by_way') }}
                        + {{ exact_sum('greenwood_by_square', 28, 'by_way') }}
                        + {{ exact_sum('own', 28, 'by_way') }}
                        - 2 * incidence * {{ exact_sum('crossed', 28, 'by_way') }}
                        + 2 * {{ exact_sum('crossed_by_incidence', 28, 'by_way') }},
                        0
                    )
        end as variance
    from stretches
    window
        by_way as (
            partition by curve_id, kind, recipient
            order by day_number asc nulls last
            rows between unbounded preceding and current row
        )

),

final as (

    select
        cast(curves.time_origin as string) as time_origin,
        cast(curves.incident_id as string) as incident_id,
        cast(curves.stratum_kind as string) as stratum_kind,
        cast(curves.stratum as string) as stratum,
        cast(with_variance.kind as string) as kind,
        cast(with_variance.recipient as string) as recipient,
        cast(with_variance.day_number as bigint) as day_number,
        cast(with_variance.at_risk as bigint) as at_risk,
        cast(with_variance.cumulative_departures as bigint) as cumulative_departures,
        cast(round(with_variance.incidence, 10) as decimal(12, 10)) as incidence,
        cast(round(sqrt(with_variance.variance), 10) as decimal(12, 10)) as standard_error,
        cast(
            round({{ log_log_bound('incidence', 'variance', 'interval_z', 1) }}, 10)
            as decimal(12, 10)
        ) as incidence_low,
        cast(
            round({{ log_log_bound('incidence', 'variance', 'interval_z', -1) }}, 10)
            as decimal(12, 10)
        ) as incidence_high,
        cast(round(with_variance.in_service, 10) as decimal(12, 10)) as in_service
    from with_variance
    inner join curves
        on with_variance.curve_id = curves.curve_id

)

select * from final
