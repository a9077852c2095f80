-- Grain: one row per (changed_on, line_kind, network_brand) with a change.
-- The opening stock is one row on the day of the opening delivery, so that a running sum gives the
-- lines in service on any later day without ever expanding lines by days.

{{ config(materialized='counted', meta={
    'sums': ['gross_adds', 'port_ins', 'deactivations', 'forced_deactivations', 'port_outs'],
}) }}

with line_spells as (

    select * from {{ ref('int_line_spells') }}
    {{ in_scope('line_key') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Lines by the days on which they came and went, in one pass over all of them: few kinds of lines.
spells_by_days as (

    select
        greatest(line_spells.activated_on, delivery_facts.opening_on) as added_on,
        greatest(
            line_spells.terminated_on,
            case when line_spells.terminated_on is not null then delivery_facts.opening_on end
        ) as ended_on,
        line_spells.line_kind,
        line_spells.network_brand,
        line_spells.is_own_brand,
        line_spells.activation_kind,
        line_spells.termination_kind,
        count(*) as spells
    from line_spells
    cross join delivery_facts
    group by 1, 2, 3, 4, 5, 6, 7

),

changes as (

    select
        added_on as changed_on,
        line_kind,
        network_brand,
        is_own_brand,
        spells as gross_adds,
        case when activation_kind = 'port_in' then spells else 0 end as port_ins,
        0 as deactivations,
        0 as forced_deactivations,
        0 as port_outs
    from spells_by_days
    union all
    select
        ended_on as changed_on,
        line_kind,
        network_brand,
        is_own_brand,
        0 as gross_adds,
        0 as port_ins,
        spells as deactivations,
        case when termination_kind = 'forced' then spells else 0 end as forced_deactivations,
        case when termination_kind = 'port_out' then spells else 0 end as port_outs
    from spells_by_days
    where ended_on is not null

),

final as (

    select
        changed_on,
        line_kind,
        network_brand,
        is_own_brand,
        cast(sum(gross_adds) as bigint) as gross_adds,
        cast(sum(port_ins) as bigint) as port_ins,
        cast(sum(deactivations) as bigint) as deactivations,
        cast(sum(forced_deactivations) as bigint) as forced_deactivations,
        cast(sum(port_outs) as bigint) as port_outs
    from changes
    group by 1, 2, 3, 4

)

select * from final
