-- Grain: one row per (month, counted_unit, movement_class), every class in every month.
-- Classes of one unit and month add up to all units ever known, the same number in every month.
-- Lines and customers are never added, nor are months.

with unit_spells as (

    select * from {{ ref('int_unit_spells_counted') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

months as (

    select distinct
        {{ month_of('calendar.calendar_date') }} as month,
        {{ month_of('calendar.calendar_date') }} = {{ month_of('delivery_facts.opening_on') }}
            as is_opening_month
    from calendar
    inner join delivery_facts
        on calendar.calendar_date between delivery_facts.opening_on and delivery_facts.as_of_date

),

classes as (

    select 'new' as movement_class
    union all
    select 'rejoined' as movement_class
    union all
    select 'retained' as movement_class
    union all
    select 'churned' as movement_class
    union all
    select 'absent' as movement_class
    union all
    select 'not_yet' as movement_class
    union all
    select 'unknown' as movement_class

),

-- In service at the end of the month before, at the end of the month, and ever before? What came
-- before the deliveries begin is unknown of the stock they begin with.
spell_months as (

    select
        unit_spells.counted_unit,
        unit_spells.unit_key,
        case when unit_spells.unit_key is null then unit_spells.first_month end as first_month,
        case when unit_spells.unit_key is null then unit_spells.last_month end as last_month,
        case when unit_spells.unit_key is null then unit_spells.is_stock end as is_stock,
        case when unit_spells.unit_key is null then unit_spells.known_since_month end
            as known_since_month,
        case when unit_spells.unit_key is null then unit_spells.units else 1 end as units,
        months.month,
        months.is_opening_month and unit_spells.is_stock as is_past_unknown,
        unit_spells.first_month < months.month
        and coalesce(unit_spells.last_month >= months.month, true) as was_active,
        unit_spells.first_month <= months.month
        and coalesce(unit_spells.last_month > months.month, true) as is_active,
        unit_spells.first_month < months.month
        or coalesce(unit_spells.known_since_month <= months.month, false) as was_ever_active
    from unit_spells
    cross join months

),

unit_months as (

    select
        counted_unit,
        month,
        unit_key,
        first_month,
        last_month,
        is_stock,
        known_since_month,
        units,
        case when not bool_or(is_past_unknown) then bool_or(was_active) end as was_active,
        bool_or(is_active) as is_active,
        case when not bool_or(is_past_unknown) then bool_or(was_ever_active) end
            as was_ever_active
    from spell_months
    group by 1, 2, 3, 4, 5, 6, 7, 8

),

classified as (

    select
        counted_unit,
        month,
        {{ movement_class('was_active', 'is_active', 'was_ever_active') }} as movement_class,
        sum(units) as units
    from unit_months
    group by 1, 2, 3

),

units as (

    select 'line' as counted_unit
    union all
    select 'customer' as counted_unit

),

final as (

    select
        cast(months.month as date) as month,
        cast(units.counted_unit as string) as counted_unit,
        cast(classes.movement_class as string) as movement_class,
        cast(coalesce(classified.units, 0) as bigint) as units
    from months
    cross join units
    cross join classes
    left join classified
        on
            months.month = classified.month
            and units.counted_unit = classified.counted_unit
            and classes.movement_class = classified.movement_class

)

select * from final
