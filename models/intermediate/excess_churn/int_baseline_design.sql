-- Grain: one row per (fit, processing day, feature of the day that is not 0).
-- What a processing day consists of: the requests that waited for it, where it stands in the trend,
-- how many commitments end around it, and, in an interrupted series, in which phase it lies.

with baseline_days as (

    select * from {{ ref('int_baseline_days') }}

),

fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

features as (

    select * from {{ ref('ref_baseline_features') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

loads as (

    select * from {{ ref('int_expiry_loads_daily') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

feature_lists as (

    select
        feature_order,
        feature_kind,
        {{ bounded_list('weekdays') }} as weekdays,
        is_on_holidays
    from features

),

-- Ports of a day are the requests of all days that waited for it: so counts of days add up.
request_days as (

    select
        baseline_days.processed_on,
        feature_lists.feature_order,
        cast(count(*) as double) as value
    from baseline_days
    inner join calendar
        on
            baseline_days.processed_before_on < calendar.calendar_date
            and baseline_days.processed_on >= calendar.calendar_date
    inner join feature_lists
        on feature_lists.is_on_holidays = (calendar.holiday_name is not null)
    where
        feature_lists.feature_kind = 'request_days'
        and {{ is_listed(iso_weekday('calendar.calendar_date'), 'feature_lists.weekdays') }}
    group by 1, 2

),

day_numbers as (

    select
        baseline_days.processed_on,
        baseline_days.is_quiet,
        {{ dbt.datediff('delivery_facts.observed_from', 'baseline_days.processed_on', 'day') }}
            as day_number
    from baseline_days
    cross join delivery_facts

),

quiet_centre as (

    select avg(day_number) as day_number
    from day_numbers
    where is_quiet

),

quiet_loads as (

    select feature_order, {{ exact_sum('load', 12) }} / count(load) as load
    from loads
    where is_quiet
    group by 1

),

of_all_days as (

    select processed_on, feature_order, value
    from request_days
    union all
    select
        day_numbers.processed_on,
        feature_lists.feature_order,
        (day_numbers.day_number - quiet_centre.day_number) / 100 as value
    from day_numbers
    cross join quiet_centre
    inner join feature_lists
        on feature_lists.feature_kind = 'trend'
    union all
    select
        loads.processed_on,
        loads.feature_order,
        loads.load / nullif(quiet_loads.load, 0) - 1 as value
    from loads
    inner join quiet_loads
        on loads.feature_order = quiet_loads.feature_order

),

final as (

    select
        fit_days.fit_id,
        fit_days.processed_on,
        of_all_days.feature_order,
        true as is_of_baseline,
        of_all_days.value
    from fit_days
    inner join of_all_days
        on fit_days.processed_on = of_all_days.processed_on
    where of_all_days.value <> 0
    union all
    select
        fit_days.fit_id,
        fit_days.processed_on,
        features.feature_order,
        false as is_of_baseline,
        case
            when features.feature_kind = 'level' then cast(1 as double)
            else
                {{ dbt.datediff('fit_days.phase_from', 'fit_days.processed_on', 'day') }}
                / cast(100 as double)
        end as value
    from fit_days
    inner join features
        on
            fit_days.phase = features.period_kind
            and features.feature_kind in ('level', 'slope')

)

select * from final
