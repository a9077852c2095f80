-- Grain: one row per (line_key, spell_number), a time in service before the newest one of its line.
-- A line has one where its id was used again after its service had ended.

{{ config(materialized='keyed', unique_key='line_key') }}

with versions as (

    select * from {{ ref('stg_operator__line_reuse_versions') }}
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

-- What did the carrier say last of each activation? A termination that a later version took back
-- ended nothing.
newest_of_activation as (

    select
        line_key,
        activated_at,
        max(version_number) as version_number
    from versions
    group by 1, 2

),

activations as (

    select
        versions.line_key,
        versions.activated_at,
        versions.activation_kind,
        versions.donor_carrier,
        versions.terminated_at,
        versions.termination_kind,
        versions.line_kind,
        versions.network_brand,
        versions.is_own_brand,
        versions.plan_code
    from versions
    inner join newest_of_activation
        on
            versions.line_key = newest_of_activation.line_key
            and versions.version_number = newest_of_activation.version_number
    inner join lines
        on
            versions.line_key = lines.line_key
            and versions.activated_at < lines.activated_at

),

lines_used_again as (

    select distinct line_key
    from activations

),

starts as (

    select
        line_key,
        activated_at
    from activations
    union
    select
        lines.line_key,
        lines.activated_at
    from lines
    inner join lines_used_again
        on lines.line_key = lines_used_again.line_key

),

followed as (

    select
        line_key,
        activated_at,
        lead(activated_at) over (
            partition by line_key
            order by activated_at asc nulls last
        ) as next_activated_at
    from starts

),

-- An activation that had not ended when the next one began is a date put right, and no spell. One
-- that ended on the day it began is a spell, as the newest one of a line would be.
spells as (

    select
        activations.line_key,
        row_number() over (
            partition by activations.line_key
            order by activations.activated_at asc nulls last
        ) as spell_number,
        activations.line_kind,
        activations.network_brand,
        activations.is_own_brand,
        activations.plan_code,
        cast(activations.activated_at as date) as activated_on,
        activations.activation_kind,
        activations.donor_carrier,
        cast(activations.terminated_at as date) as terminated_on,
        activations.termination_kind,
        cast(followed.next_activated_at as date) as rejoined_on
    from activations
    inner join followed
        on
            activations.line_key = followed.line_key
            and activations.activated_at = followed.activated_at
    where
        activations.terminated_at <= followed.next_activated_at
        and activations.terminated_at >= activations.activated_at

),

completed_ports as (

    select
        port_requests.line_key,
        port_requests.processed_on,
        port_requests.donor_carrier,
        'port_out' as termination_kind,
        max(port_requests.recipient_carrier) as recipient_carrier,
        min(port_requests.requested_at) as requested_at
    from port_requests
    inner join lines_used_again
        on port_requests.line_key = lines_used_again.line_key
    where
        port_requests.status = 'completed'
        and port_requests.processed_on is not null
    group by 1, 2, 3

),

final as (

    select
        spells.line_key,
        cast(spells.spell_number as bigint) as spell_number,
        lines.customer_key,
        spells.line_kind,
        spells.network_brand,
        spells.is_own_brand,
        spells.plan_code,
        spells.activated_on,
        spells.activation_kind,
        spells.donor_carrier,
        spells.terminated_on,
        spells.termination_kind,
        spells.rejoined_on,
        cast(completed_ports.requested_at as date) as requested_on,
        completed_ports.processed_on,
        completed_ports.recipient_carrier
    from spells
    inner join lines
        on spells.line_key = lines.line_key
    left join completed_ports
        on
            spells.line_key = completed_ports.line_key
            and spells.terminated_on = completed_ports.processed_on
            and spells.network_brand = completed_ports.donor_carrier
            and spells.termination_kind = completed_ports.termination_kind

)

select * from final
