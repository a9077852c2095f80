-- Grain: one row per (programme, month from its announcement or first cost to the as-of date).
-- What a programme will have cost in the end, as valued at the end of the month (the last month: on
-- the as-of date): incurred so far, and what is expected to come. Packages are left out, their
-- programmes are here. Amounts add up over programmes of one month; the bounds do not, and states
-- never add up over months.

with bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

valuation_days as (

    select * from {{ ref('int_valuation_days') }}

),

movements as (

    select * from {{ ref('fct_programme_movements') }}

),

totals as (

    select * from {{ ref('fct_uptake_totals') }}

),

usage_to_come as (

    select * from {{ ref('fct_usage_to_come') }}

),

first_movements as (

    select programme_id, min(movement_month) as first_month
    from movements
    group by 1

),

months_shown as (

    select
        bases.programme_id,
        bases.treatment_code,
        bases.is_provision,
        bases.estimate_kind,
        bases.measure,
        valuation_days.cost_month,
        valuation_days.valuation_on
    from bases
    cross join valuation_days
    left join first_movements
        on bases.programme_id = first_movements.programme_id
    where
        bases.announced_on <= valuation_days.valuation_on
        or first_movements.first_month <= valuation_days.cost_month

),

balances as (

    select
        months_shown.programme_id,
        months_shown.cost_month,
        coalesce(sum(movements.incurred_krw), 0) as incurred_krw,
        coalesce(sum(movements.paid_krw), 0) as paid_krw
    from months_shown
    left join movements
        on
            months_shown.programme_id = movements.programme_id
            and months_shown.cost_month >= movements.movement_month
    group by 1, 2

),

-- What is taken up becomes incurred; where an amount is incurred before it is taken up, only what
-- exceeds it is still to come.
to_come as (

    select
        months_shown.programme_id,
        months_shown.treatment_code,
        months_shown.is_provision,
        months_shown.cost_month,
        months_shown.valuation_on,
        case
            when months_shown.estimate_kind is null then 'none'
            when months_shown.estimate_kind = 'take_up' then coalesce(totals.method, 'none')
            else months_shown.estimate_kind
        end as method,
        balances.incurred_krw,
        balances.paid_krw,
        case months_shown.measure
            when 'paid' then balances.incurred_krw
            else coalesce(totals.taken_krw, 0)
        end as known_krw,
        coalesce(totals.ultimate_krw, 0) as taken_up_krw,
        coalesce(totals.ultimate_low_krw, 0) as taken_up_low_krw,
        coalesce(totals.ultimate_high_krw, 0) as taken_up_high_krw,
        coalesce(usage_to_come.to_come_base_krw, 0) as usage_base_krw,
        coalesce(usage_to_come.to_come_low_krw, 0) as usage_low_krw,
        coalesce(usage_to_come.to_come_high_krw, 0) as usage_high_krw
    from months_shown
    inner join balances
        on
            months_shown.programme_id = balances.programme_id
            and months_shown.cost_month = balances.cost_month
    left join totals
        on
            months_shown.programme_id = totals.programme_id
            and months_shown.valuation_on = totals.valuation_on
    left join usage_to_come
        on
            months_shown.programme_id = usage_to_come.programme_id
            and months_shown.cost_month = usage_to_come.cost_month

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(cost_month as date) as cost_month,
        cast(valuation_on as date) as valuation_on,
        cast(treatment_code as string) as treatment,
        cast(is_provision as boolean) as is_provision,
        cast(method as string) as method,
        cast(incurred_krw as bigint) as cumulative_incurred_krw,
        cast(paid_krw as bigint) as cumulative_paid_krw,
        cast(greatest(taken_up_krw - known_krw, 0) + usage_base_krw as bigint)
            as expected_to_come_krw,
        cast(incurred_krw + greatest(taken_up_krw - known_krw, 0) + usage_base_krw as bigint)
            as ultimate_krw,
        cast(incurred_krw + greatest(taken_up_low_krw - known_krw, 0) + usage_low_krw as bigint)
            as ultimate_low_krw,
        cast(incurred_krw + greatest(taken_up_high_krw - known_krw, 0) + usage_high_krw as bigint)
            as ultimate_high_krw
    from to_come

)

select * from final
