-- Asked for from the requests, carried out from the lines that ended.
with days as (
    select date as day from core.dim_dates where is_waiver_window
)
select
    day,
    coalesce((
        select sum(requests) from churn.fct_port_requests_daily
        where direction = 'out' and requested_on = day
    ), 0) as requested_ports,
    (
        select count(*) from churn.fct_deactivations
        where kind = 'port_out' and processed_on = day
    ) as processed_ports
from days
