-- Grain: one row per (requested_on, processed_on, reported_on, undone_on, donor_carrier,
-- recipient_carrier, status) that occurs; days that did not come are empty.

with port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}

),

earlier_versions as (

    select * from {{ ref('stg_operator__port_requests_superseded') }}

),

-- When did the exports first say that the number had moved on this day?
first_said_processed as (

    select
        port_id,
        processed_on,
        min(known_from) as known_from
    from earlier_versions
    where
        status in ('completed', 'reversed')
        and processed_on is not null
    group by 1, 2

),

-- And when did they first say what the newest version says of the request?
first_said_status as (

    select
        port_id,
        status,
        min(known_from) as known_from
    from earlier_versions
    group by 1, 2

),

requests as (

    select
        cast(port_requests.requested_at as date) as requested_on,
        case
            when port_requests.status in ('completed', 'reversed') then port_requests.processed_on
        end as processed_on,
        coalesce(first_said_processed.known_from, port_requests.loaded_on)
            as processed_known_from,
        coalesce(first_said_status.known_from, port_requests.loaded_on) as status_known_from,
        port_requests.donor_carrier,
        port_requests.recipient_carrier,
        port_requests.status
    from port_requests
    left join first_said_processed
        on
            port_requests.port_id = first_said_processed.port_id
            and port_requests.processed_on = first_said_processed.processed_on
    left join first_said_status
        on
            port_requests.port_id = first_said_status.port_id
            and port_requests.status = first_said_status.status

),

final as (

    select
        requested_on,
        processed_on,
        case when processed_on is null then status_known_from else processed_known_from end
            as reported_on,
        case when status = 'reversed' and processed_on is not null then status_known_from end
            as undone_on,
        donor_carrier,
        recipient_carrier,
        status,
        count(*) as requests
    from requests
    group by 1, 2, 3, 4, 5, 6, 7

)

select * from final
