-- Grain: one row per processing day of the observed time.
-- Of a day that was not delivered nothing is known: it is no day without a port.

with calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

incident_days as (

    select * from {{ ref('int_incident_days') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

port_days as (

    select * from {{ ref('int_port_days') }}

),

batch_files as (

    select * from {{ ref('stg_operator__batch_files') }}

),

lines_ended as (

    select * from {{ ref('int_lines_ended') }}

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

batches_with_lines as (

    select distinct batch_date
    from batch_files
    where entity = 'lines'

),

days_with_ends as (

    select distinct terminated_on
    from lines_ended

),

-- Did both come that a port out is counted from: the ends of lines and their recipients? Ends may
-- come late; days after the newest delivery have not come at all.
days_delivered as (

    select
        processing_days.processed_on,
        processing_days.processed_on <= delivery_facts.newest_batch_on
        and not port_days.is_feed_missing
        and (
            batches_with_lines.batch_date is not null
            or days_with_ends.terminated_on is not null
        ) as is_delivered
    from processing_days
    inner join delivery_facts
        on
            processing_days.processed_on
            between delivery_facts.observed_from and delivery_facts.as_of_date
    left join port_days
        on processing_days.processed_on = port_days.service_date
    left join batches_with_lines
        on port_days.covered_by = batches_with_lines.batch_date
    left join days_with_ends
        on processing_days.processed_on = days_with_ends.terminated_on

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
        {{ month_of('processing_days.processed_on') }} as month,
        coalesce(days_delivered.is_delivered, false) as is_delivered,
        coalesce(days_delivered.is_delivered, false)
        and days_of_incidents.processed_on is null as is_quiet
    from processing_days
    inner join days_delivered
        on processing_days.processed_on = days_delivered.processed_on
    left join days_of_incidents
        on processing_days.processed_on = days_of_incidents.processed_on

)

select * from final
