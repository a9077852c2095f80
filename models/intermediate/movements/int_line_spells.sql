-- Grain: one row per (line_key, spell_number), every time in service of every line.

{{ config(materialized='view') }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}

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

-- Lines that continue one the same customer had given up, number and all.
continued_lines as (

    select distinct rejoined_line_key as line_key
    from lines
    where rejoined_line_key is not null

),

final as (

    select
        lines.line_key,
        cast(coalesce(past_counts.past_spells, 0) + 1 as bigint) as spell_number,
        past_counts.past_spells is not null as is_one_of_several,
        lines.customer_key,
        lines.line_kind,
        lines.network_brand,
        lines.is_own_brand,
        lines.activated_on,
        lines.activation_kind,
        lines.donor_carrier,
        past_counts.past_spells is not null or continued_lines.line_key is not null as is_rejoin,
        lines.terminated_on,
        lines.termination_kind
    from lines
    left join past_counts
        on lines.line_key = past_counts.line_key
    left join continued_lines
        on lines.line_key = continued_lines.line_key
    union all
    select
        line_key,
        spell_number,
        true as is_one_of_several,
        customer_key,
        line_kind,
        network_brand,
        is_own_brand,
        activated_on,
        activation_kind,
        donor_carrier,
        spell_number > 1 as is_rejoin,
        terminated_on,
        termination_kind
    from past_spells

)

select * from final
