-- Grain: one row per (incident, plan of the operator's own brand with a leaver in one of its
-- periods).
-- A plain counterfactual, to be replaced by a better one without touching what reads it: the
-- average of the baseline's processing days, for each processing day of the window. Lines that
-- nothing forced to go.

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

incident_periods as (

    select * from {{ ref('ref_incident_periods') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

periods_ranked as (

    select
        incident_periods.incident_id,
        incident_periods.period_kind,
        incident_periods.period_from,
        incident_periods.period_to,
        {{ bounded_list('incident_periods.termination_kinds') }} as termination_kinds,
        row_number() over (
            partition by incident_periods.incident_id, incident_periods.period_kind
            order by incident_periods.known_from desc nulls last
        ) as recency
    from incident_periods
    cross join delivery_facts
    where incident_periods.known_from <= delivery_facts.as_of_date

),

-- Which days of a period count? Those on which ports are processed and that deliveries observe.
period_days as (

    select
        periods_ranked.incident_id,
        periods_ranked.period_kind,
        periods_ranked.termination_kinds,
        calendar.calendar_date
    from periods_ranked
    inner join calendar
        on
            periods_ranked.period_from <= calendar.calendar_date
            and periods_ranked.period_to >= calendar.calendar_date
    cross join delivery_facts
    where
        periods_ranked.recency = 1
        and calendar.is_processing_day
        and calendar.calendar_date >= delivery_facts.observed_from
        and calendar.calendar_date <= delivery_facts.as_of_date

),

days_counted as (

    select
        incident_id,
        sum(case when period_kind = 'baseline' then 1 else 0 end) as baseline_days,
        sum(case when period_kind = 'window' then 1 else 0 end) as window_days
    from period_days
    group by 1

),

leavers_by_day as (

    select
        terminated_on,
        termination_kind,
        plan_code,
        count(*) as leavers
    from lines_ended
    where is_own_brand
    group by 1, 2, 3

),

leavers_counted as (

    select
        period_days.incident_id,
        leavers_by_day.plan_code,
        sum(case when period_days.period_kind = 'baseline' then leavers_by_day.leavers else 0 end)
            as baseline_leavers,
        sum(case when period_days.period_kind = 'window' then leavers_by_day.leavers else 0 end)
            as window_leavers
    from leavers_by_day
    inner join period_days
        on leavers_by_day.terminated_on = period_days.calendar_date
    where {{ is_listed('leavers_by_day.termination_kind', 'period_days.termination_kinds') }}
    group by 1, 2

),

final as (

    select
        leavers_counted.incident_id,
        leavers_counted.plan_code,
        cast(days_counted.baseline_days as bigint) as baseline_days,
        cast(days_counted.window_days as bigint) as window_days,
        cast(leavers_counted.baseline_leavers as bigint) as baseline_leavers,
        cast(leavers_counted.window_leavers as bigint) as window_leavers,
        cast(
            leavers_counted.window_leavers * days_counted.baseline_days
            - leavers_counted.baseline_leavers * days_counted.window_days as bigint
        ) as excess_leaver_days
    from leavers_counted
    inner join days_counted
        on leavers_counted.incident_id = days_counted.incident_id
    where days_counted.baseline_days > 0

)

select * from final
