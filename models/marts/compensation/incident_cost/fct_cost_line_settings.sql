-- Grain: one row per (incident, cost line, moved driver, side).
-- What each cost line comes to with every driver at its base (moved driver `none`), with all at one
-- end (`all`), and with one alone at its low or high end. Add up cost lines within one setting
-- only.

with outlook as (

    select * from {{ ref('fct_programme_outlook') }}

),

cost_settings as (

    select * from {{ ref('fct_cost_settings') }}

),

revenue_forgone as (

    select * from {{ ref('fct_revenue_forgone') }}

),

cost_lines as (

    select * from {{ ref('ref_cost_lines') }}

),

settings as (

    select distinct incident_id, moved_driver_id, side from cost_settings

),

-- From where to where does a setting move what the cost of a programme is made of? As whole
-- numbers: prices in tenths of a won, shares in hundredths of a percent.
programme_values as (

    select
        incident_id,
        moved_driver_id,
        side,
        programme_id,
        {{ value_of('unit_cost_krw', 'base_value', 10) }} as unit_cost_base,
        {{ value_of('unit_cost_krw', 'set_value', 10) }} as unit_cost_set,
        {{ value_of('take_up_rate', 'base_value', 10000) }} as take_up_base,
        {{ value_of('take_up_rate', 'set_value', 10000) }} as take_up_set,
        {{ value_of('utilisation_rate', 'base_value', 10000) }} as utilisation_base,
        {{ value_of('utilisation_rate', 'set_value', 10000) }} as utilisation_set,
        {{ value_of('redemption_cost_krw', 'base_value', 10) }} as redemption_cost_base,
        {{ value_of('redemption_cost_krw', 'set_value', 10) }} as redemption_cost_set
    from cost_settings
    where programme_id is not null
    group by 1, 2, 3, 4

),

moved_by as (

    select
        cost_line,
        {{ is_listed("'take_up_rate'", bounded_list('use_parameters')) }} as is_by_take_up,
        {{ is_listed("'utilisation_rate'", bounded_list('use_parameters')) }} as is_by_use,
        {{ is_listed("'redemption_cost_krw'", bounded_list('use_parameters')) }}
            as is_by_redemption
    from cost_lines

),

programmes_set as (

    select
        settings.incident_id,
        settings.moved_driver_id,
        settings.side,
        outlook.cost_line,
        outlook.incurred_krw,
        {{ moved_value(
            'outlook.estimate_driver_id',
            'outlook.to_come_low_krw',
            'outlook.to_come_base_krw',
            'outlook.to_come_high_krw'
        ) }} as to_come_krw,
        case when moved_by.is_by_take_up then programme_values.take_up_base end as take_up_base,
        programme_values.take_up_set,
        case when moved_by.is_by_use then programme_values.utilisation_base end as utilisation_base,
        programme_values.utilisation_set,
        case when moved_by.is_by_redemption then programme_values.redemption_cost_base end
            as redemption_cost_base,
        programme_values.redemption_cost_set,
        programme_values.unit_cost_base,
        programme_values.unit_cost_set
    from outlook
    inner join moved_by
        on outlook.cost_line = moved_by.cost_line
    inner join settings
        on outlook.incident_id = settings.incident_id
    left join programme_values
        on
            settings.incident_id = programme_values.incident_id
            and settings.moved_driver_id = programme_values.moved_driver_id
            and settings.side = programme_values.side
            and outlook.programme_id = programme_values.programme_id

),

-- Take-up, use and the price of a use act on what is still to come, a unit cost on all that is
-- measured in units.
programmes_taken as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw,
        {{ in_proportion('to_come_krw', 'take_up_set', 'take_up_base') }} as to_come_krw,
        utilisation_set,
        utilisation_base,
        redemption_cost_set,
        redemption_cost_base,
        unit_cost_set,
        unit_cost_base
    from programmes_set

),

programmes_used as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw,
        {{ in_proportion('to_come_krw', 'utilisation_set', 'utilisation_base') }} as to_come_krw,
        redemption_cost_set,
        redemption_cost_base,
        unit_cost_set,
        unit_cost_base
    from programmes_taken

),

programmes_priced as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw
        + {{ in_proportion('to_come_krw', 'redemption_cost_set', 'redemption_cost_base') }} as krw,
        unit_cost_set,
        unit_cost_base
    from programmes_used

),

costs as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        {{ in_proportion('krw', 'unit_cost_set', 'unit_cost_base') }} as krw
    from programmes_priced
    union all
    select
        revenue_forgone.incident_id,
        revenue_forgone.moved_driver_id,
        revenue_forgone.side,
        cost_lines.cost_line,
        revenue_forgone.forgone_krw as krw
    from revenue_forgone
    inner join cost_lines
        on cost_lines.programme_kinds is null

),

final as (

    select
        cast(incident_id as string) as incident_id,
        cast(cost_line as string) as cost_line,
        cast(moved_driver_id as string) as moved_driver_id,
        cast(side as string) as side,
        cast(sum(krw) as bigint) as krw
    from costs
    group by 1, 2, 3, 4

)

select * from final
