-- Grain: one row per (incident, driver of its cost).
-- What the total cost comes to when one driver alone moves from its base to its low and to its high
-- end. Effects of drivers do not add up: they multiply. The total with all moved is in
-- rpt_incident_cost.

with cost_line_settings as (

    select * from {{ ref('fct_cost_line_settings') }}

),

cost_lines as (

    select * from {{ ref('fct_incident_cost_lines') }}

),

assumptions as (

    select * from {{ ref('int_cost_assumptions_known') }}

),

totals as (

    select
        cost_line_settings.incident_id,
        cost_line_settings.moved_driver_id,
        sum(case when cost_line_settings.side = 'base' then cost_line_settings.krw else 0 end)
            as base_krw,
        sum(case when cost_line_settings.side = 'low' then cost_line_settings.krw else 0 end)
            as low_krw,
        sum(case when cost_line_settings.side = 'high' then cost_line_settings.krw else 0 end)
            as high_krw
    from cost_line_settings
    inner join cost_lines
        on
            cost_line_settings.incident_id = cost_lines.incident_id
            and cost_line_settings.cost_line = cost_lines.cost_line
    where cost_lines.is_in_total_cost
    group by 1, 2

),

drivers_compared as (

    select
        totals.incident_id,
        totals.moved_driver_id as driver_id,
        bases.base_krw as total_base_krw,
        totals.low_krw as total_low_krw,
        totals.high_krw as total_high_krw,
        greatest(totals.low_krw, totals.high_krw, bases.base_krw)
        - least(totals.low_krw, totals.high_krw, bases.base_krw) as swing_krw
    from totals
    inner join totals as bases
        on totals.incident_id = bases.incident_id
    where
        bases.moved_driver_id = 'none'
        and totals.moved_driver_id not in ('none', 'all')

),

drivers_ranked as (

    select
        drivers_compared.incident_id,
        drivers_compared.driver_id,
        drivers_compared.total_base_krw,
        drivers_compared.total_low_krw,
        drivers_compared.total_high_krw,
        drivers_compared.swing_krw,
        row_number() over (
            partition by drivers_compared.incident_id
            order by
                drivers_compared.swing_krw desc nulls last,
                drivers_compared.driver_id asc nulls last
        ) as swing_rank
    from drivers_compared

),

final as (

    select
        cast(drivers_ranked.incident_id as string) as incident_id,
        cast(drivers_ranked.driver_id as string) as driver_id,
        cast(
            case when assumptions.assumption_id is null then 'estimate' else 'assumption' end
            as string
        ) as driver_kind,
        cast(assumptions.programme_id as string) as programme_id,
        cast(assumptions.parameter as string) as parameter,
        cast(assumptions.unit as string) as unit,
        cast(assumptions.low as decimal(18, 6)) as low_value,
        cast(assumptions.base as decimal(18, 6)) as base_value,
        cast(assumptions.high as decimal(18, 6)) as high_value,
        cast(drivers_ranked.total_base_krw as bigint) as total_base_krw,
        cast(drivers_ranked.total_low_krw as bigint) as total_low_krw,
        cast(drivers_ranked.total_high_krw as bigint) as total_high_krw,
        cast(drivers_ranked.total_low_krw - drivers_ranked.total_base_krw as bigint)
            as change_at_low_krw,
        cast(drivers_ranked.total_high_krw - drivers_ranked.total_base_krw as bigint)
            as change_at_high_krw,
        cast(drivers_ranked.swing_krw as bigint) as swing_krw,
        cast(drivers_ranked.swing_rank as bigint) as swing_rank,
        cast(
            drivers_ranked.swing_rank <= 3 and drivers_ranked.swing_krw > 0 as boolean
        ) as is_top_three
    from drivers_ranked
    left join assumptions
        on
            drivers_ranked.incident_id = assumptions.incident_id
            and drivers_ranked.driver_id = assumptions.assumption_id

)

select * from final
