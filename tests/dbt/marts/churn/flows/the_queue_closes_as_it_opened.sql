-- waiting_opening + requested - processed - withdrawn - rejected - timed_out = waiting_closing, a
-- day opens as the one before closed, and nobody waits less than nothing. A missing day has no
-- flows to add.

with queue as (

    select * from {{ ref('rpt_port_queue_daily') }}

),

with_day_before as (

    select
        service_date,
        direction,
        is_feed_missing,
        waiting_opening,
        requested - processed - withdrawn - rejected - timed_out as net_requests,
        waiting_closing,
        lag(waiting_closing) over (
            partition by direction order by service_date asc nulls last
        ) as closing_before
    from queue

),

final as (

    select
        service_date,
        direction,
        waiting_opening,
        closing_before,
        waiting_closing
    from with_day_before
    where
        waiting_opening <> coalesce(closing_before, waiting_opening)
        or waiting_closing < 0
        or is_feed_missing <> (net_requests is null)
        or waiting_opening + coalesce(net_requests, waiting_closing - waiting_opening)
        <> waiting_closing

)

select * from final
