-- Grain: one row per (service_date, donor_carrier, recipient_carrier), also where nothing happened.
-- Each column counts on a day of its own; never add two of them. A closed day is zero, a processing
-- day that was not delivered is empty: sums over it are incomplete.

with port_requests as (

    select * from {{ ref('fct_port_requests_daily') }}

),

port_days as (

    select * from {{ ref('int_port_days') }}

),

pairs as (

    select distinct
        donor_carrier,
        recipient_carrier,
        direction
    from port_requests

),

-- One request counts once on each of its days.
counted_on_days as (

    select
        requested_on as service_date,
        donor_carrier,
        recipient_carrier,
        requests as requested_ports,
        0 as processed_ports,
        0 as reported_ports,
        0 as undone_ports,
        case when outcome = 'timed_out' then requests else 0 end as unanswered_requests
    from port_requests
    union all
    select
        processed_on as service_date,
        donor_carrier,
        recipient_carrier,
        0 as requested_ports,
        requests as processed_ports,
        0 as reported_ports,
        0 as undone_ports,
        0 as unanswered_requests
    from port_requests
    where outcome = 'completed'
    union all
    select
        reported_on as service_date,
        donor_carrier,
        recipient_carrier,
        0 as requested_ports,
        0 as processed_ports,
        requests as reported_ports,
        0 as undone_ports,
        0 as unanswered_requests
    from port_requests
    where outcome = 'completed'
    union all
    select
        undone_on as service_date,
        donor_carrier,
        recipient_carrier,
        0 as requested_ports,
        0 as processed_ports,
        0 as reported_ports,
        requests as undone_ports,
        0 as unanswered_requests
    from port_requests
    where undone_on is not null

),

by_day as (

    select
        service_date,
        donor_carrier,
        recipient_carrier,
        sum(requested_ports) as requested_ports,
        sum(processed_ports) as processed_ports,
        sum(reported_ports) as reported_ports,
        sum(undone_ports) as undone_ports,
        sum(unanswered_requests) as unanswered_requests
    from counted_on_days
    group by 1, 2, 3

),

framed as (

    select
        port_days.service_date,
        pairs.donor_carrier,
        pairs.recipient_carrier,
        pairs.direction,
        port_days.is_processing_day,
        port_days.is_feed_missing,
        case when port_days.is_feed_missing then null else 0 end as nothing
    from port_days
    cross join pairs
    where port_days.is_observed

),

final as (

    select
        cast(framed.service_date as date) as service_date,
        cast(framed.donor_carrier as string) as donor_carrier,
        cast(framed.recipient_carrier as string) as recipient_carrier,
        cast(framed.direction as string) as direction,
        cast(framed.is_processing_day as boolean) as is_processing_day,
        cast(framed.is_feed_missing as boolean) as is_feed_missing,
        cast(framed.nothing + coalesce(by_day.requested_ports, 0) as bigint) as requested_ports,
        cast(framed.nothing + coalesce(by_day.processed_ports, 0) as bigint) as processed_ports,
        cast(framed.nothing + coalesce(by_day.reported_ports, 0) as bigint) as reported_ports,
        cast(framed.nothing + coalesce(by_day.undone_ports, 0) as bigint) as undone_ports,
        cast(framed.nothing + coalesce(by_day.unanswered_requests, 0) as bigint)
            as unanswered_requests
    from framed
    left join by_day
        on
            framed.service_date = by_day.service_date
            and framed.donor_carrier = by_day.donor_carrier
            and framed.recipient_carrier = by_day.recipient_carrier

)

select * from final
