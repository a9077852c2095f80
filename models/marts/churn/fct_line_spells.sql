-- Grain: one row per (line_key, spell_number), an unbroken time in service.
-- Lines older than the deliveries are in since observed_from only (left truncation); lines still in
-- service have no end (right censoring). Spells of a line do not overlap.

{{ config(materialized='keyed', unique_key='line_key') }}

with line_spells as (

    select * from {{ ref('int_line_spells') }}
    {{ in_scope('line_key') }}

),

spells_ended as (

    select * from {{ ref('int_spells_ended') }}
    {{ in_scope('line_key') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Where did a line go? By what ended this very spell: two of them may end on one day.
recipients as (

    select
        line_key,
        spell_number,
        recipient_carrier
    from spells_ended
    where recipient_carrier is not null

),

final as (

    select
        cast(line_spells.line_key as bigint) as line_key,
        cast(line_spells.spell_number as bigint) as spell_number,
        cast(line_spells.activated_on as date) as started_on,
        cast(line_spells.terminated_on as date) as ended_on,
        cast(line_spells.activation_kind as string) as start_kind,
        cast(line_spells.termination_kind as string) as end_kind,
        cast(line_spells.donor_carrier as string) as donor_carrier,
        cast(recipients.recipient_carrier as string) as recipient_carrier,
        cast(line_spells.activated_on <= delivery_facts.opening_on as boolean)
            as is_left_truncated,
        cast(line_spells.terminated_on is null as boolean) as is_right_censored
    from line_spells
    cross join delivery_facts
    left join recipients
        on
            line_spells.line_key = recipients.line_key
            and line_spells.spell_number = recipients.spell_number

)

select * from final
