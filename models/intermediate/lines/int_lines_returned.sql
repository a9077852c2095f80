-- Grain: one row per line that came by port from a carrier and later ported back to it.

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

carrier_incidents as (

    select * from {{ ref('ref_carrier_incidents') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

returned as (

    select
        line_key,
        donor_carrier as left_carrier,
        network_brand as via_carrier,
        activated_on as left_on,
        terminated_on as returned_on,
        cast({{ dbt.datediff('activated_on', 'terminated_on', 'day') }} as bigint) as lag_days
    from lines_ended
    where
        activation_kind = 'port_in'
        and termination_kind = 'port_out'
        and donor_carrier = recipient_carrier

),

known_incidents as (

    select
        carrier_incidents.carrier_code,
        carrier_incidents.leave_window_from,
        carrier_incidents.leave_window_to
    from carrier_incidents
    cross join delivery_facts
    where carrier_incidents.known_from <= delivery_facts.as_of_date

),

-- Did the line leave its first carrier in the days that count as left because of that carrier's own
-- incident? Several incidents of one carrier must not double the line.
left_after_incident as (

    select distinct returned.line_key
    from returned
    inner join known_incidents
        on
            returned.left_carrier = known_incidents.carrier_code
            and returned.left_on between
            known_incidents.leave_window_from and known_incidents.leave_window_to

),

final as (

    select
        returned.line_key,
        returned.left_carrier,
        returned.via_carrier,
        returned.left_on,
        returned.returned_on,
        returned.lag_days,
        left_after_incident.line_key is not null as is_after_incident_of_left_carrier
    from returned
    left join left_after_incident
        on returned.line_key = left_after_incident.line_key

)

select * from final
