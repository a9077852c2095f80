-- Grain: one row per day of the processing calendar, also the days not delivered yet.

with calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

days_described as (

    select * from {{ ref('int_days_described') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

final as (

    select
        cast(calendar.calendar_date as date) as date,
        cast(calendar.is_processing_day as boolean) as is_processing_day,
        cast(calendar.holiday_name as string) as holiday,
        cast(calendar.closed_because as string) as closed_because,
        -- The day on which a port asked for on this day is processed.
        cast(
            min(case when calendar.is_processing_day then calendar.calendar_date end) over (
                order by calendar.calendar_date asc nulls last
                rows between current row and unbounded following
            ) as date
        ) as processed_on,
        cast(date_trunc('month', calendar.calendar_date) as date) as month,
        cast({{ iso_weekday('calendar.calendar_date') }} as bigint) as iso_weekday,
        cast(
            calendar.calendar_date
            between delivery_facts.observed_from and delivery_facts.as_of_date as boolean
        ) as is_observed,
        cast(days_described.day_kind as string) as day_kind,
        cast(days_described.is_waiver_window as boolean) as is_waiver_window,
        cast(days_described.is_leave_window as boolean) as is_leave_window,
        cast(days_described.is_outage as boolean) as is_outage
    from calendar
    inner join days_described
        on calendar.calendar_date = days_described.calendar_date
    cross join delivery_facts

)

select * from final
