-- Sundays, 1 January and closed holidays have no ports: the queue waits.

with port_flows as (

    select * from {{ ref('fct_port_flows_daily') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

final as (

    select
        port_flows.processed_on,
        port_flows.ports
    from port_flows
    inner join dates
        on port_flows.processed_on = dates.date
    where not dates.is_processing_day

)

select * from final
