-- Grain: one row per (programme without development of take-up, month since its announcement).
-- What the estimate of its use still to come is made of, at the end of the month: holders, months
-- left and what a holder costs in a month. A state; nothing adds up over months.

with bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

valuation_days as (

    select * from {{ ref('int_valuation_days') }}

),

segments as (

    select * from {{ ref('rpt_churn_daily') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}

),

utilisation as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

movements as (

    select * from {{ ref('fct_programme_movements') }}

),

-- Up to which month of the programme is its cost in the books?
months_incurred as (

    select
        movements.programme_id,
        valuation_days.cost_month,
        max(movements.movement_month) as last_month
    from movements
    inner join valuation_days
        on movements.movement_month <= valuation_days.cost_month
    where movements.incurred_krw != 0
    group by 1, 2

),

-- How many months are left? Those after the last one in the books: coupons are booked on the first
-- of their month, use when the operator reports it.
programme_days as (

    select
        bases.programme_id,
        bases.estimate_kind,
        bases.incident_id,
        bases.is_victims_only,
        bases.victim_signs,
        bases.volume_segment,
        valuation_days.cost_month,
        valuation_days.valuation_on,
        coalesce(bases.months, 0) as months,
        case
            when bases.ends_on < valuation_days.cost_month then 0
            when coalesce(months_incurred.last_month >= date_trunc('month', bases.starts_on), false)
                then
                    greatest(
                        {{ dbt.datediff('months_incurred.last_month', 'bases.ends_on', 'month') }},
                        0
                    )
            else {{ dbt.datediff('bases.starts_on', 'bases.ends_on', 'month') }} + 1
        end as months_to_come,
        bases.units_per_month * bases.take_up_low * bases.utilisation_low * bases.unit_cost_low
            as month_cost_low,
        bases.units_per_month * bases.take_up_base * bases.utilisation_base * bases.unit_cost_base
            as month_cost_base,
        bases.units_per_month * bases.take_up_high * bases.utilisation_high * bases.unit_cost_high
            as month_cost_high
    from bases
    inner join valuation_days
        on bases.announced_on <= valuation_days.valuation_on
    left join months_incurred
        on
            bases.programme_id = months_incurred.programme_id
            and valuation_days.cost_month = months_incurred.cost_month
    where bases.estimate_kind != 'take_up'

),

enrolments as (

    select
        programme_id,
        holder_key,
        cast(date_trunc('month', min(benefit_month)) as date) as first_month
    from utilisation
    where entitled > 0
    group by 1, 2

),

enrolments_by_month as (

    select
        programme_id,
        first_month,
        count(*) as holders
    from enrolments
    group by 1, 2

),

-- How many holders are entitled to use, or have been enrolled, by the day?
holders_by_part as (

    select
        programme_days.programme_id,
        programme_days.cost_month,
        segments.closing_lines as holders
    from programme_days
    inner join segments
        on
            programme_days.valuation_on = segments.service_date
            and programme_days.volume_segment = segments.segment
    where
        programme_days.estimate_kind = 'usage'
        and not programme_days.is_victims_only
    union all
    select
        programme_days.programme_id,
        programme_days.cost_month,
        cast(1 as bigint) as holders
    from programme_days
    inner join victims
        on
            programme_days.incident_id = victims.incident_id
            and programme_days.valuation_on >= victims.confirmed_on
    where
        programme_days.estimate_kind = 'usage'
        and programme_days.is_victims_only
        and {{ is_confirmed_victim('victims', 'programme_days.victim_signs') }}
    union all
    select
        programme_days.programme_id,
        programme_days.cost_month,
        enrolments_by_month.holders
    from programme_days
    inner join enrolments_by_month
        on
            programme_days.programme_id = enrolments_by_month.programme_id
            and programme_days.cost_month >= enrolments_by_month.first_month
    where programme_days.estimate_kind = 'premium'

),

volumes as (

    select
        programme_id,
        cost_month,
        sum(holders) as holders
    from holders_by_part
    group by 1, 2

),

final as (

    select
        cast(programme_days.programme_id as string) as programme_id,
        cast(programme_days.cost_month as date) as cost_month,
        cast(programme_days.valuation_on as date) as valuation_on,
        cast(programme_days.estimate_kind as string) as estimate_kind,
        cast(coalesce(volumes.holders, 0) as bigint) as holder_count,
        cast(programme_days.months as bigint) as months,
        cast(programme_days.months_to_come as double) as months_to_come,
        cast(programme_days.month_cost_low as double) as month_cost_low,
        cast(programme_days.month_cost_base as double) as month_cost_base,
        cast(programme_days.month_cost_high as double) as month_cost_high
    from programme_days
    left join volumes
        on
            programme_days.programme_id = volumes.programme_id
            and programme_days.cost_month = volumes.cost_month

)

select * from final
