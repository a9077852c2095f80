-- Grain: one row per (processed_on, donor_carrier, recipient_carrier).
-- Additive over every column. Only ports that touch the operator's network are delivered.

with port_flows as (

    select * from {{ ref('int_port_flows_daily') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

final as (

    select
        cast(port_flows.processed_on as date) as processed_on,
        cast(port_flows.donor_carrier as string) as donor_carrier,
        cast(port_flows.recipient_carrier as string) as recipient_carrier,
        cast(port_flows.ports as bigint) as ports,
        cast(port_flows.queued_ports as bigint) as queued_ports,
        cast(port_flows.oldest_requested_on as date) as oldest_requested_on,
        cast(
            case
                when donors.is_on_operator_network and recipients.is_on_operator_network
                    then 'within_network'
                when donors.is_on_operator_network then 'out'
                when recipients.is_on_operator_network then 'in'
                else 'elsewhere'
            end as string
        ) as direction
    from port_flows
    inner join carriers as donors
        on port_flows.donor_carrier = donors.carrier_code
    inner join carriers as recipients
        on port_flows.recipient_carrier = recipients.carrier_code

)

select * from final
