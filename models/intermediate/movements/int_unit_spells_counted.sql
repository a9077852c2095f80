-- Grain: one row per (counted_unit, unit_key, is_stock, first_month, last_month,
-- known_since_month).
-- Times in service of lines and customers by the months in which they begin and end: the few kinds
-- of them that there are, so that no month has to look at every line.

{{ config(materialized='counted', meta={'sums': ['units']}) }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

line_spells as (

    select * from {{ ref('int_line_spells') }}
    {{ in_scope('line_key') }}

),

customer_spells as (

    select * from {{ ref('int_customer_spells') }}
    {{ in_scope('customer_key') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Lines that continue one the same customer had given up, number and all.
continued_lines as (

    select distinct rejoined_line_key as line_key
    from lines
    where rejoined_line_key is not null

),

customers_with_several as (

    select distinct customer_key
    from customer_spells
    where spell_number > 1

),

-- A unit with more than one spell keeps its key, since what it did in a month may be in two of
-- them. The others are counted by the days on which they came and ended: far fewer than units, and
-- a month is told of each day once.
spells_by_days as (

    select
        'line' as counted_unit,
        case when line_spells.is_one_of_several then line_spells.line_key end as unit_key,
        line_spells.activated_on <= delivery_facts.opening_on as is_stock,
        greatest(line_spells.activated_on, delivery_facts.opening_on) as first_on,
        greatest(
            line_spells.terminated_on,
            case when line_spells.terminated_on is not null then delivery_facts.opening_on end
        ) as last_on,
        case
            when continued_lines.line_key is not null and line_spells.spell_number = 1
                then line_spells.activated_on
        end as known_since,
        count(*) as units
    from line_spells
    cross join delivery_facts
    left join continued_lines
        on line_spells.line_key = continued_lines.line_key
    group by 1, 2, 3, 4, 5, 6
    union all
    select
        'customer' as counted_unit,
        customers_with_several.customer_key as unit_key,
        customer_spells.is_left_truncated
        or (customer_spells.is_rejoin and customer_spells.spell_number = 1) as is_stock,
        customer_spells.started_on as first_on,
        customer_spells.ended_on as last_on,
        case
            when customer_spells.is_rejoin and customer_spells.spell_number = 1
                then delivery_facts.opening_on
        end as known_since,
        count(*) as units
    from customer_spells
    cross join delivery_facts
    left join customers_with_several
        on customer_spells.customer_key = customers_with_several.customer_key
    group by 1, 2, 3, 4, 5, 6

),

final as (

    select
        counted_unit,
        unit_key,
        is_stock,
        {{ month_of('first_on') }} as first_month,
        {{ month_of('last_on') }} as last_month,
        {{ month_of('known_since') }} as known_since_month,
        cast(sum(units) as bigint) as units
    from spells_by_days
    group by 1, 2, 3, 4, 5, 6

)

select * from final
