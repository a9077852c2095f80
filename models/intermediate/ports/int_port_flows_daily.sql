-- Grain: one row per (processed_on, donor_carrier, recipient_carrier) with a completed port.

with port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}

),

completed_ports as (

    select
        processed_on,
        donor_carrier,
        recipient_carrier,
        cast(requested_at as date) as requested_on
    from port_requests
    where
        status = 'completed'
        and processed_on is not null

),

final as (

    select
        processed_on,
        donor_carrier,
        recipient_carrier,
        count(*) as ports,
        count(*) filter (where requested_on < processed_on) as queued_ports,
        min(requested_on) as oldest_requested_on
    from completed_ports
    group by 1, 2, 3

)

select * from final
