-- Grain: one row per day of the processing calendar.
-- What makes a day unlike others, by what is known at the as-of date: closed, a holiday on which
-- ports are processed, after a closed day, in a window in which leaving is easy, in an outage.

with calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

leaving_periods as (

    select * from {{ ref('int_leaving_periods') }}

),

incidents as (

    select * from {{ ref('stg_operator__incidents') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

service_events as (

    select * from {{ ref('ref_service_events') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- The days that a policy refunds in retrospect were ordinary days when they passed.
windows as (

    select
        leaving_periods.period_from,
        leaving_periods.period_to,
        coalesce(carriers.is_operator, false) as is_of_operator
    from leaving_periods
    left join incidents
        on leaving_periods.incident_id = incidents.incident_id
    left join carriers
        on incidents.carrier = carriers.carrier_code
    where leaving_periods.period_kind in ('window', 'leave_window')

),

days_in_windows as (

    select
        calendar.calendar_date,
        count(*) filter (where windows.is_of_operator) as windows_of_operator,
        count(*) as windows
    from calendar
    inner join windows
        on
            calendar.calendar_date >= windows.period_from
            and calendar.calendar_date <= windows.period_to
    group by 1

),

days_in_outages as (

    select distinct calendar.calendar_date
    from calendar
    cross join delivery_facts
    inner join service_events
        on
            calendar.calendar_date >= service_events.starts_on
            and calendar.calendar_date
            <= coalesce(service_events.ends_on, delivery_facts.as_of_date)
            and delivery_facts.as_of_date >= service_events.known_from
    where service_events.event_kind = 'outage'

),

days_in_order as (

    select
        calendar_date,
        is_processing_day,
        holiday_name,
        lag(is_processing_day) over (order by calendar_date asc nulls last)
            as is_after_processing_day
    from calendar

),

final as (

    select
        days_in_order.calendar_date,
        days_in_order.is_processing_day,
        case
            when not days_in_order.is_processing_day then 'closed'
            when days_in_order.holiday_name is not null then 'holiday'
            when not coalesce(days_in_order.is_after_processing_day, true) then 'after_closed'
            else 'ordinary'
        end as day_kind,
        coalesce(days_in_windows.windows_of_operator, 0) > 0 as is_waiver_window,
        coalesce(days_in_windows.windows, 0) > 0 as is_leave_window,
        days_in_outages.calendar_date is not null as is_outage
    from days_in_order
    left join days_in_windows
        on days_in_order.calendar_date = days_in_windows.calendar_date
    left join days_in_outages
        on days_in_order.calendar_date = days_in_outages.calendar_date

)

select * from final
