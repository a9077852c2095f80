-- Grain: one row per (programme without development of take-up, month since its announcement).
-- What is still to come item by item at the end of the month, at low, base and high assumptions all
-- at once: use of the months left, premium of covers enrolled and not yet accrued, plan not yet
-- spent. Adds up over programmes; a state, not over months.

with volumes as (

    select * from {{ ref('fct_usage_volumes') }}

),

movements as (

    select * from {{ ref('fct_programme_movements') }}

),

investment_plan as (

    select * from {{ ref('ref_investment_plan') }}

),

incurred as (

    select
        volumes.programme_id,
        volumes.cost_month,
        sum(movements.incurred_krw) as incurred_krw
    from volumes
    inner join movements
        on
            volumes.programme_id = movements.programme_id
            and volumes.cost_month >= movements.movement_month
    where volumes.estimate_kind in ('premium', 'plan')
    group by 1, 2

),

plans_by_day as (

    select
        volumes.programme_id,
        volumes.cost_month,
        investment_plan.planned_krw,
        row_number() over (
            partition by
                volumes.programme_id,
                volumes.cost_month,
                investment_plan.investment_id,
                investment_plan.year
            order by investment_plan.known_from desc nulls last
        ) as recency
    from volumes
    inner join investment_plan
        on
            volumes.programme_id = investment_plan.programme_id
            and volumes.valuation_on >= investment_plan.known_from
    where volumes.estimate_kind = 'plan'

),

plans as (

    select
        programme_id,
        cost_month,
        sum(planned_krw) as planned_krw
    from plans_by_day
    where recency = 1
    group by 1, 2

),

-- Premium: that of the whole cover of everyone enrolled, less what has accrued.
amounts as (

    select
        volumes.programme_id,
        volumes.cost_month,
    {% for level in ['low', 'base', 'high'] -%}
    case volumes.estimate_kind
        when 'usage'
            then volumes.holder_count * volumes.months_to_come * volumes.month_cost_{{ level }}
        when 'premium'
            then
                (
                    volumes.holder_count * volumes.months * volumes.month_cost_base
                    - coalesce(incurred.incurred_krw, 0)
                ) * volumes.month_cost_{{ level }} / nullif(volumes.month_cost_base, 0)
        else coalesce(plans.planned_krw, 0) - coalesce(incurred.incurred_krw, 0)
    end as to_come_{{ level }}{{ ',' if not loop.last }}
    {% endfor %}
    from volumes
    left join incurred
        on
            volumes.programme_id = incurred.programme_id
            and volumes.cost_month = incurred.cost_month
    left join plans
        on
            volumes.programme_id = plans.programme_id
            and volumes.cost_month = plans.cost_month

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(cost_month as date) as cost_month,
    {% for level in ['low', 'base', 'high'] -%}
    coalesce({{ estimate_in_won('greatest(to_come_' ~ level ~ ', 0)') }}, 0)
        as to_come_{{ level }}_krw{{ ',' if not loop.last }}
    {% endfor %}
    from amounts

)

select * from final
