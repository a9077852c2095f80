-- Grain: one row per (activation_month, ended_month).
-- Times in service of lines by the months in which they begin and end, those that ended before
-- deliveries observe aside: a few thousand rows, so that no day has to look at every line.

{{ config(materialized='counted', meta={'sums': ['lines', 'forced_lines']}) }}

with line_spells as (

    select * from {{ ref('int_line_spells') }}
    {{ in_scope('line_key') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Lines in service are alike when they were activated on one day: counted before months are
-- looked at.
lines_alike as (

    select
        activated_on,
        cast(null as date) as terminated_on,
        count(*) as lines,
        0 as forced_lines
    from line_spells
    where terminated_on is null
    group by 1
    union all
    select
        line_spells.activated_on,
        line_spells.terminated_on,
        1 as lines,
        case when line_spells.termination_kind = 'forced' then 1 else 0 end as forced_lines
    from line_spells
    inner join delivery_facts
        on line_spells.terminated_on >= delivery_facts.observed_from

),

final as (

    select
        {{ month_of('activated_on') }} as activation_month,
        {{ month_of('terminated_on') }} as ended_month,
        cast(sum(lines) as bigint) as lines,
        cast(sum(forced_lines) as bigint) as forced_lines
    from lines_alike
    group by 1, 2

)

select * from final
