-- Grain: one row per (line_key, spell_number, direction), a customer who left a carrier and ported
-- back to it. Two ways to see it. A carrier elsewhere: a line that came from it by port and ported
-- back. A brand of this network: a line that left it by port, and whose customer brought the same
-- number back, as another line or the same one. Returns within the network have both halves here
-- and are seen the second way alone.

{{ config(materialized='keyed', unique_key='line_key') }}

with spells_ended as (

    select * from {{ ref('int_spells_ended') }}
    {{ in_scope('line_key') }}

),

line_spells as (

    select * from {{ ref('int_line_spells') }}
    {{ in_scope('line_key') }}

),

lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}
    {{ in_scope('line_key') }}

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
        on operators.is_operator and carriers.host_carrier <> operators.host_carrier

),

-- A port that was taken back within the days of withdrawal moved nobody: who goes home by it has
-- never left home.
arrivals_reversed as (

    select distinct line_key, recipient_carrier, processed_on
    from port_requests
    where status = 'reversed'

),

-- Which line, by which arrival, is the customer's after a time in service had ended? Where the id
-- was used again the same line, by its next one; after the newest the line that has the number.
rejoins as (

    select
        line_key, spell_number - 1 as spell_number, line_key as rejoined_line_key, network_brand,
        donor_carrier, activation_kind, activated_on, terminated_on
    from line_spells
    where is_one_of_several and spell_number > 1
    union all
    select
        lines.line_key, spells_ended.spell_number, lines.rejoined_line_key,
        arrivals.network_brand, arrivals.donor_carrier, arrivals.activation_kind,
        arrivals.activated_on, arrivals.terminated_on
    from lines
    inner join spells_ended
        on lines.line_key = spells_ended.line_key
    inner join lines as arrivals
        on lines.rejoined_line_key = arrivals.line_key
    where lines.rejoined_line_key is not null and spells_ended.is_newest

),

-- From a carrier elsewhere and home to it; or the same customer with the same number, gone to one
-- carrier and back from that one.
returned as (

    select
        spells_ended.line_key, spells_ended.spell_number, 'out' as direction,
        spells_ended.donor_carrier as left_carrier, spells_ended.network_brand as via_carrier,
        spells_ended.activated_on as left_on, spells_ended.terminated_on as returned_on,
        spells_ended.terminated_on as ended_on,
        cast(null as bigint) as rejoined_line_key
    from spells_ended
    inner join carriers_elsewhere
        on spells_ended.donor_carrier = carriers_elsewhere.carrier_code
    left join arrivals_reversed
        on
            spells_ended.line_key = arrivals_reversed.line_key
            and spells_ended.network_brand = arrivals_reversed.recipient_carrier
            and arrivals_reversed.processed_on
            between spells_ended.activated_on and spells_ended.terminated_on
    where
        spells_ended.activation_kind = 'port_in'
        and spells_ended.termination_kind = 'port_out'
        and spells_ended.donor_carrier = spells_ended.recipient_carrier
        and arrivals_reversed.line_key is null
    union all
    select
        spells_ended.line_key, spells_ended.spell_number, 'in' as direction,
        spells_ended.network_brand as left_carrier, spells_ended.recipient_carrier as via_carrier,
        spells_ended.terminated_on as left_on, rejoins.activated_on as returned_on,
        spells_ended.terminated_on as ended_on, rejoins.rejoined_line_key
    from spells_ended
    inner join rejoins
        on
            spells_ended.line_key = rejoins.line_key
            and spells_ended.spell_number = rejoins.spell_number
            and spells_ended.network_brand = rejoins.network_brand
            and spells_ended.recipient_carrier = rejoins.donor_carrier
    left join arrivals_reversed
        on
            rejoins.rejoined_line_key = arrivals_reversed.line_key
            and rejoins.network_brand = arrivals_reversed.recipient_carrier
            and rejoins.activated_on <= arrivals_reversed.processed_on
            and coalesce(rejoins.terminated_on, arrivals_reversed.processed_on)
            >= arrivals_reversed.processed_on
    where
        spells_ended.termination_kind = 'port_out'
        and rejoins.activation_kind = 'port_in'
        and arrivals_reversed.line_key is null

),

-- Did the customer leave in days that belong to the first carrier's own incident? Periods overlap,
-- and a carrier may have had several incidents: one reason is kept, a window before an aftermath.
left_after_incident as (

    select
        returned.line_key, returned.spell_number, returned.direction,
        leaving_periods.incident_id, leaving_periods.period_kind,
        row_number() over (
            partition by returned.line_key, returned.spell_number, returned.direction
            order by
                leaving_periods.period_order asc nulls last, incidents.started_on asc nulls last,
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
        returned.line_key, returned.spell_number, returned.direction, returned.left_carrier,
        returned.via_carrier, returned.left_on, returned.returned_on, returned.ended_on,
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
            and returned.spell_number = left_after_incident.spell_number
            and returned.direction = left_after_incident.direction
            and left_after_incident.place = 1

)

select * from final
