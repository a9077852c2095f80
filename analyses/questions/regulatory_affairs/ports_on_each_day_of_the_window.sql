with flows as (

    select * from {{ ref('rpt_port_flows_daily') }}
    where direction = 'out'

),

days as (

    select * from {{ ref('dim_dates') }}
    where is_waiver_window

)

select
    days.date as day,
    days.is_processing_day,
    cast(sum(flows.requested_ports) as bigint) as requested_ports,
    cast(sum(flows.processed_ports) as bigint) as processed_ports
from days
inner join flows
    on days.date = flows.service_date
group by days.date, days.is_processing_day
order by days.date
