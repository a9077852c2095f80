-- Grain: one row per (changed_on, line_kind, network_brand) with a change.
-- The opening stock is one row on the day of the opening delivery, so that a running sum gives the
-- lines in service on any later day without ever expanding lines by days.

with line_spells as (

    select * from {{ ref('int_line_spells') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

lines_added as (

    select
        greatest(line_spells.activated_on, delivery_facts.opening_on) as changed_on,
        line_spells.line_kind,
        line_spells.network_brand,
        line_spells.is_own_brand,
        count(*) as gross_adds,
        count(*) filter (where line_spells.activation_kind = 'port_in') as port_ins
    from line_spells
    cross join delivery_facts
    group by 1, 2, 3, 4

),

lines_ended as (

    select
        greatest(line_spells.terminated_on, delivery_facts.opening_on) as changed_on,
        line_spells.line_kind,
        line_spells.network_brand,
        line_spells.is_own_brand,
        count(*) as deactivations,
        count(*) filter (where line_spells.termination_kind = 'forced') as forced_deactivations,
        count(*) filter (where line_spells.termination_kind = 'port_out') as port_outs
    from line_spells
    cross join delivery_facts
    where line_spells.terminated_on is not null
    group by 1, 2, 3, 4

),

changes as (

    select
        changed_on,
        line_kind,
        network_brand,
        is_own_brand,
        gross_adds,
        port_ins,
        0 as deactivations,
        0 as forced_deactivations,
        0 as port_outs
    from lines_added
    union all
    select
        changed_on,
        line_kind,
        network_brand,
        is_own_brand,
        0 as gross_adds,
        0 as port_ins,
        deactivations,
        forced_deactivations,
        port_outs
    from lines_ended

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
