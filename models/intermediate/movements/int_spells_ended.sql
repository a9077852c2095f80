{{ config(materialized='view', meta={'rows_kept_by': 'line_key'}) }}

-- Grain: one row per (line_key, spell_number), a time in service that has ended.
-- Of every line the newest one, and those before it where its id was used again.

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}

),

past_counts as (

    select
        line_key,
        count(*) as past_spells
    from past_spells
    group by 1

),

final as (

    select
        lines_ended.line_key,
        cast(coalesce(past_counts.past_spells, 0) + 1 as bigint) as spell_number,
        true as is_newest,
        lines_ended.network_brand,
        lines_ended.activated_on,
        lines_ended.activation_kind,
        lines_ended.donor_carrier,
        lines_ended.terminated_on,
        lines_ended.termination_kind,
        lines_ended.recipient_carrier
    from lines_ended
    left join past_counts
        on lines_ended.line_key = past_counts.line_key
    union all
    select
        line_key,
        spell_number,
        false as is_newest,
        network_brand,
        activated_on,
        activation_kind,
        donor_carrier,
        terminated_on,
        termination_kind,
        recipient_carrier
    from past_spells

)

select * from final
