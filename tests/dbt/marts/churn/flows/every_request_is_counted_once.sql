-- The requests by day are the requests; the ports processed of each day are the flow matrix, on
-- its whole frame too; and a day without its feed has no number anywhere.

with port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}

),

requests_daily as (

    select * from {{ ref('fct_port_requests_daily') }}

),

port_flows as (

    select * from {{ ref('fct_port_flows_daily') }}

),

flows_daily as (

    select * from {{ ref('rpt_port_flows_daily') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

totals as (

    select
        (select count(*) from port_requests) as requests_delivered,
        (select sum(requests) from requests_daily) as requests_counted

),

flow_sums as (

    select
        port_flows.processed_on,
        port_flows.donor_carrier,
        port_flows.recipient_carrier,
        port_flows.ports
    from port_flows
    inner join delivery_facts
        on
            port_flows.processed_on
            between delivery_facts.observed_from and delivery_facts.as_of_date

),

cells_that_differ as (

    select
        flow_sums.processed_on,
        flows_daily.service_date
    from flow_sums
    full outer join flows_daily
        on
            flow_sums.processed_on = flows_daily.service_date
            and flow_sums.donor_carrier = flows_daily.donor_carrier
            and flow_sums.recipient_carrier = flows_daily.recipient_carrier
    where
        coalesce(flow_sums.ports, 0) <> coalesce(flows_daily.processed_ports, 0)
        or flows_daily.is_feed_missing <> (flows_daily.processed_ports is null)

),

final as (

    select
        cast(requests_delivered as string) || ' delivered, ' || cast(requests_counted as string)
        || ' counted' as difference
    from totals
    where requests_delivered <> coalesce(requests_counted, 0)
    union all
    select cast(coalesce(processed_on, service_date) as string) as difference
    from cells_that_differ

)

select * from final
