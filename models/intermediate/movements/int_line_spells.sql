-- Grain: one row per (line_key, spell_number), every time in service of every line.

{{ config(materialized='view', meta={'rows_kept_by': 'line_key'}) }}

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
        lines.terminated_on,
        lines.termination_kind
    from lines
    left join past_counts
        on lines.line_key = past_counts.line_key
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
        terminated_on,
        termination_kind
    from past_spells

)

select * from final
