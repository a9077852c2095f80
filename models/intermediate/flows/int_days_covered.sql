{{ config(materialized='view') }}

-- Grain: one row per day of the processing calendar.
-- Which delivery ought to hold the day, and which files has it? While deliveries come by the month
-- it is the next one. Since they come by the day it is the day's own: the next one does not make up
-- for a day that was left out.

with calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

batch_files as (

    select * from {{ ref('stg_operator__batch_files') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

batches as (

    select
        batch_date,
        max(case when entity = 'port_requests' then 1 else 0 end) as port_files,
        max(case when entity = 'lines' then 1 else 0 end) as line_files
    from batch_files
    group by 1

),

batches_in_order as (

    select
        batch_date,
        lead(batch_date) over (order by batch_date asc nulls last) as next_batch_on
    from batches

),

-- Since when do deliveries come day by day? Since the first that another one followed within two
-- weeks; a longer break after that is an outage. Empty as long as they come by the month.
daily_regime as (

    select min(batch_date) as began_after
    from batches_in_order
    where {{ dbt.datediff('batch_date', 'next_batch_on', 'day') }} <= 14

),

days as (

    select
        calendar.calendar_date,
        calendar.is_processing_day,
        batches.batch_date as own_batch_on,
        min(batches.batch_date) over (
            order by calendar.calendar_date asc nulls last
            rows between current row and unbounded following
        ) as next_batch_on
    from calendar
    left join batches
        on calendar.calendar_date = batches.batch_date

),

days_covered as (

    select
        days.calendar_date,
        days.is_processing_day,
        case
            when days.calendar_date > daily_regime.began_after then days.own_batch_on
            else days.next_batch_on
        end as covered_by
    from days
    cross join daily_regime

),

final as (

    select
        days_covered.calendar_date as service_date,
        days_covered.is_processing_day,
        days_covered.calendar_date
        between delivery_facts.observed_from and delivery_facts.as_of_date as is_observed,
        days_covered.covered_by,
        coalesce(batches.port_files, 0) > 0 as has_port_file,
        coalesce(batches.line_files, 0) > 0 as has_line_file
    from days_covered
    cross join delivery_facts
    left join batches
        on days_covered.covered_by = batches.batch_date

)

select * from final
