-- Grain: one row per (service_date, direction).
-- Additive over direction; flows add up over days, stocks do not. On a day that was not delivered
-- what came and went is empty, and the stocks are those of the requests known.

with port_requests as (

    select * from {{ ref('fct_port_requests_daily') }}

),

port_days as (

    select * from {{ ref('int_port_days') }}

),

directions as (

    select distinct direction
    from port_requests

),

calendar_start as (

    select min(service_date) as first_on
    from port_days

),

-- Requests come in on one day and leave the queue on another; those older than the calendar wait
-- since its first day, those older than the first day observed when that one opens.
movements as (

    select
        greatest(port_requests.requested_on, calendar_start.first_on) as service_date,
        port_requests.direction,
        'requested' as movement,
        port_requests.requests
    from port_requests
    cross join calendar_start
    union all
    select
        greatest(port_requests.left_queue_on, calendar_start.first_on) as service_date,
        port_requests.direction,
        case
            when port_requests.processed_on is not null then 'processed'
            else port_requests.outcome
        end as movement,
        port_requests.requests
    from port_requests
    cross join calendar_start
    where port_requests.left_queue_on is not null

),

by_day as (

    select
        service_date,
        direction,
        sum(case when movement = 'requested' then requests else 0 end) as requested,
        sum(case when movement = 'processed' then requests else 0 end) as processed,
        sum(case when movement = 'withdrawn' then requests else 0 end) as withdrawn,
        sum(case when movement = 'rejected' then requests else 0 end) as rejected,
        sum(case when movement = 'timed_out' then requests else 0 end) as timed_out
    from movements
    group by 1, 2

),

running as (

    select
        port_days.service_date,
        port_days.is_observed,
        port_days.is_processing_day,
        port_days.is_feed_missing,
        directions.direction,
        coalesce(by_day.requested, 0) as requested,
        coalesce(by_day.processed, 0) as processed,
        coalesce(by_day.withdrawn, 0) as withdrawn,
        coalesce(by_day.rejected, 0) as rejected,
        coalesce(by_day.timed_out, 0) as timed_out,
        coalesce(by_day.requested, 0) - coalesce(by_day.processed, 0)
        - coalesce(by_day.withdrawn, 0) - coalesce(by_day.rejected, 0)
        - coalesce(by_day.timed_out, 0) as net_requests
    from port_days
    cross join directions
    left join by_day
        on
            port_days.service_date = by_day.service_date
            and directions.direction = by_day.direction

),

stocks as (

    select
        service_date,
        is_observed,
        is_processing_day,
        is_feed_missing,
        direction,
        requested,
        processed,
        withdrawn,
        rejected,
        timed_out,
        net_requests,
        sum(net_requests) over (
            partition by direction
            order by service_date asc nulls last
            rows between unbounded preceding and current row
        ) as waiting_closing
    from running

),

final as (

    select
        cast(service_date as date) as service_date,
        cast(direction as string) as direction,
        cast(is_processing_day as boolean) as is_processing_day,
        cast(is_feed_missing as boolean) as is_feed_missing,
        cast(waiting_closing - net_requests as bigint) as waiting_opening,
        cast(case when not is_feed_missing then requested end as bigint) as requested,
        cast(case when not is_feed_missing then processed end as bigint) as processed,
        cast(case when not is_feed_missing then withdrawn end as bigint) as withdrawn,
        cast(case when not is_feed_missing then rejected end as bigint) as rejected,
        cast(timed_out as bigint) as timed_out,
        cast(waiting_closing as bigint) as waiting_closing
    from stocks
    where is_observed

)

select * from final
