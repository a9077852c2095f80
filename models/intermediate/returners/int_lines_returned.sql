-- Grain: one row per (line_key, direction), a customer who left a carrier and ported back to it.
-- Two ways to see it. A carrier elsewhere: a line that came from it by port and ported back. A
-- brand of this network: a line that left it by port, and whose customer brought the same number
-- back. Returns within the network have both halves here and are seen the second way alone.

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

lines as (

    select * from {{ ref('stg_operator__lines') }}

),

port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

incidents as (

    select * from {{ ref('stg_operator__incidents') }}

),

leaving_periods as (

    select * from {{ ref('int_leaving_periods') }}

),

carriers_elsewhere as (

    select carriers.carrier_code
    from carriers
    inner join carriers as operators
        on
            operators.is_operator
            and carriers.host_carrier <> operators.host_carrier

),

-- A port that was taken back within the days of withdrawal moved nobody: who goes home by it has
-- never left home.
arrivals_reversed as (

    select distinct
        line_key,
        recipient_carrier
    from port_requests
    where status = 'reversed'

),

returned_elsewhere as (

    select
        lines_ended.line_key,
        'out' as direction,
        lines_ended.donor_carrier as left_carrier,
        lines_ended.network_brand as via_carrier,
        lines_ended.activated_on as left_on,
        lines_ended.terminated_on as returned_on,
        lines_ended.terminated_on as ended_on,
        cast(null as bigint) as rejoined_line_key
    from lines_ended
    inner join carriers_elsewhere
        on lines_ended.donor_carrier = carriers_elsewhere.carrier_code
    left join arrivals_reversed
        on
            lines_ended.line_key = arrivals_reversed.line_key
            and lines_ended.network_brand = arrivals_reversed.recipient_carrier
    where
        lines_ended.activation_kind = 'port_in'
        and lines_ended.termination_kind = 'port_out'
        and lines_ended.donor_carrier = lines_ended.recipient_carrier
        and arrivals_reversed.line_key is null

),

rejoins as (

    select
        line_key,
        rejoined_line_key
    from lines
    where rejoined_line_key is not null

),

-- The same customer with the same number, gone to one carrier and back from that one.
returned_here as (

    select
        lines_ended.line_key,
        'in' as direction,
        lines_ended.network_brand as left_carrier,
        lines_ended.recipient_carrier as via_carrier,
        lines_ended.terminated_on as left_on,
        arrivals.activated_on as returned_on,
        lines_ended.terminated_on as ended_on,
        rejoins.rejoined_line_key
    from lines_ended
    inner join rejoins
        on lines_ended.line_key = rejoins.line_key
    inner join lines as arrivals
        on
            rejoins.rejoined_line_key = arrivals.line_key
            and lines_ended.network_brand = arrivals.network_brand
            and lines_ended.recipient_carrier = arrivals.donor_carrier
    left join arrivals_reversed
        on
            arrivals.line_key = arrivals_reversed.line_key
            and arrivals.network_brand = arrivals_reversed.recipient_carrier
    where
        lines_ended.termination_kind = 'port_out'
        and arrivals.activation_kind = 'port_in'
        and arrivals_reversed.line_key is null

),

returned as (

    select
        line_key, direction, left_carrier, via_carrier, left_on, returned_on, ended_on,
        rejoined_line_key
    from returned_elsewhere
    union all
    select
        line_key, direction, left_carrier, via_carrier, left_on, returned_on, ended_on,
        rejoined_line_key
    from returned_here

),

-- Did the customer leave in days that belong to the first carrier's own incident? Periods overlap,
-- and a carrier may have had several incidents: one reason is kept, a window before an aftermath.
left_after_incident as (

    select
        returned.line_key,
        returned.direction,
        leaving_periods.incident_id,
        leaving_periods.period_kind,
        row_number() over (
            partition by returned.line_key, returned.direction
            order by
                leaving_periods.period_order asc nulls last,
                incidents.started_on asc nulls last,
                leaving_periods.incident_id asc
        ) as place
    from returned
    inner join incidents
        on returned.left_carrier = incidents.carrier
    inner join leaving_periods
        on
            incidents.incident_id = leaving_periods.incident_id
            and returned.left_on >= leaving_periods.period_from
            and returned.left_on <= leaving_periods.period_to

),

final as (

    select
        returned.line_key,
        returned.direction,
        returned.left_carrier,
        returned.via_carrier,
        returned.left_on,
        returned.returned_on,
        returned.ended_on,
        returned.rejoined_line_key,
        cast({{ dbt.datediff('returned.left_on', 'returned.returned_on', 'day') }} as bigint)
            as lag_days,
        left_after_incident.line_key is not null as is_after_incident_of_left_carrier,
        left_after_incident.incident_id,
        left_after_incident.period_kind as left_in_period
    from returned
    left join left_after_incident
        on
            returned.line_key = left_after_incident.line_key
            and returned.direction = left_after_incident.direction
            and left_after_incident.place = 1

)

select * from final
