-- Grain: one row per line whose service has ended.
-- A port-out that was reversed did not end the line: its newest version has no termination.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}
    {{ in_scope('line_key') }}

),

completed_ports as (

    select
        line_key,
        processed_on,
        donor_carrier,
        max(recipient_carrier) as recipient_carrier,
        min(requested_at) as requested_at
    from port_requests
    where
        status = 'completed'
        and processed_on is not null
    group by 1, 2, 3

),

lines_ended as (

    select
        line_key,
        line_kind,
        network_brand,
        is_own_brand,
        plan_code,
        activated_on,
        activation_kind,
        donor_carrier,
        terminated_on,
        termination_kind,
        rejoined_on,
        -- Only a line that ended by a port looks for one. As a key, since a condition on one side
        -- of a left join would compare every line with every port.
        case when termination_kind = 'port_out' then line_key end as ported_line_key
    from lines
    where terminated_on is not null

),

final as (

    select
        lines_ended.line_key,
        lines_ended.line_kind,
        lines_ended.network_brand,
        lines_ended.is_own_brand,
        lines_ended.plan_code,
        lines_ended.activated_on,
        lines_ended.activation_kind,
        lines_ended.donor_carrier,
        lines_ended.terminated_on,
        lines_ended.termination_kind,
        lines_ended.rejoined_on,
        cast(completed_ports.requested_at as date) as requested_on,
        completed_ports.processed_on,
        completed_ports.recipient_carrier
    from lines_ended
    left join completed_ports
        on
            lines_ended.ported_line_key = completed_ports.line_key
            and lines_ended.terminated_on = completed_ports.processed_on
            and lines_ended.network_brand = completed_ports.donor_carrier

)

select * from final
