-- Grain: one row per processing day that deliveries observe.

with calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

incident_days as (

    select * from {{ ref('int_incident_days') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

processing_days as (

    select
        calendar_date as processed_on,
        lag(calendar_date) over (order by calendar_date asc nulls last) as processed_before_on
    from calendar
    where is_processing_day

),

days_of_incidents as (

    select distinct processed_on from incident_days

),

final as (

    select
        processing_days.processed_on,
        processing_days.processed_before_on,
        cast({{ iso_weekday('processing_days.processed_on') }} as bigint) as iso_weekday,
        -- Days whose requests are processed on this one.
        cast({{ dbt.datediff(
            'processing_days.processed_before_on', 'processing_days.processed_on', 'day'
        ) }} as bigint) as waiting_days,
        cast(date_trunc('month', processing_days.processed_on) as date) as month,
        days_of_incidents.processed_on is null as is_quiet
    from processing_days
    inner join delivery_facts
        on
            processing_days.processed_on
            between delivery_facts.observed_from and delivery_facts.as_of_date
    left join days_of_incidents
        on processing_days.processed_on = days_of_incidents.processed_on

)

select * from final
