-- Grain: one row per (curve_id, day_number).
-- Every day of a line's own time on which anything changed, as long as enough lines are at risk.
-- Departures and ends add up over days, lines at risk do not.

with changes as (

    select * from {{ ref('fct_risk_set_changes') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}

),

changes_by_day as (

    select
        changes.curve_id,
        changes.time_origin,
        changes.incident_id,
        changes.stratum_kind,
        changes.stratum,
        changes.day_number,
        origins.min_at_risk,
        sum(case when changes.change_kind = 'entered' then changes.lines else 0 end) as entered,
        sum(case when changes.change_kind = 'entered' then 0 else changes.lines end) as ended,
        sum(
            case
                when {{ is_listed('changes.change_kind', 'origins.departure_kinds') }}
                    then changes.lines
                else 0
            end
        ) as departures,
        sum(
            case when changes.change_kind in ('entered', 'censored') then 0 else changes.lines end
        ) as terminations
    from changes
    inner join origins
        on
            changes.time_origin = origins.time_origin
            and changes.incident_id = origins.incident_id
    group by 1, 2, 3, 4, 5, 6, 7

),

-- How many lines are under observation on the day? Those that entered by then less those whose last
-- day was before it.
at_risk_by_day as (

    select
        curve_id,
        time_origin,
        incident_id,
        stratum_kind,
        stratum,
        day_number,
        min_at_risk,
        entered,
        ended,
        departures,
        terminations,
        sum(entered - ended) over (
            partition by curve_id
            order by day_number asc nulls last
            rows between unbounded preceding and current row
        ) + ended as at_risk
    from changes_by_day

),

starts as (

    select
        curve_id,
        min(day_number) as starts_on_day
    from at_risk_by_day
    where at_risk >= min_at_risk
    group by 1

),

-- A curve runs from the first day on which enough lines are at risk until they are not enough.
days_of_curve as (

    select
        at_risk_by_day.curve_id,
        at_risk_by_day.time_origin,
        at_risk_by_day.incident_id,
        at_risk_by_day.stratum_kind,
        at_risk_by_day.stratum,
        at_risk_by_day.day_number,
        starts.starts_on_day,
        at_risk_by_day.min_at_risk,
        at_risk_by_day.at_risk,
        at_risk_by_day.entered,
        at_risk_by_day.ended,
        at_risk_by_day.departures,
        at_risk_by_day.terminations,
        sum(case when at_risk_by_day.at_risk < at_risk_by_day.min_at_risk then 1 else 0 end) over (
            partition by at_risk_by_day.curve_id
            order by at_risk_by_day.day_number asc nulls last
            rows between unbounded preceding and current row
        ) as thin_days
    from at_risk_by_day
    inner join starts
        on
            at_risk_by_day.curve_id = starts.curve_id
            and at_risk_by_day.day_number >= starts.starts_on_day

),

-- What share is still in service when the day begins, whichever way the others left? Of the days
-- before, the shares that stayed, multiplied as logarithms; nothing once all at risk have ended.
shares_before as (

    select
        curve_id,
        time_origin,
        incident_id,
        stratum_kind,
        stratum,
        day_number,
        starts_on_day,
        at_risk,
        entered,
        ended,
        departures,
        terminations,
        case
            when
                coalesce(
                    sum(case when terminations = at_risk then 1 else 0 end) over earlier_days, 0
                ) > 0
                then 0
            else
                exp(
                    coalesce(
                        {{ exact_sum(
                            'ln(1 - terminations'
                            ~ ' / case when terminations < at_risk then cast(at_risk as double) end)',
                            24,
                            'earlier_days'
                        ) }},
                        0
                    )
                )
        end as in_service_before
    from days_of_curve
    where thin_days = 0
    window
        earlier_days as (
            partition by curve_id
            order by day_number asc nulls last
            rows between unbounded preceding and 1 preceding
        )

),

final as (

    select
        cast(curve_id as string) as curve_id,
        cast(time_origin as string) as time_origin,
        cast(incident_id as string) as incident_id,
        cast(stratum_kind as string) as stratum_kind,
        cast(stratum as string) as stratum,
        cast(day_number as bigint) as day_number,
        cast(starts_on_day as bigint) as starts_on_day,
        cast(at_risk as bigint) as at_risk,
        cast(entered as bigint) as entered,
        cast(ended as bigint) as ended,
        cast(departures as bigint) as departures,
        cast(terminations as bigint) as terminations,
        cast(in_service_before as double) as in_service_before
    from shares_before

)

select * from final
