-- Grain: one row per (programme, month from its announcement to the as-of date), zero months
-- included, and per month one row for each package of programmes and one for all together.
-- incurred_krw and paid_krw are of the month and add up over months; announced_krw,
-- outstanding_krw, the cumulative columns and the ultimates are the state at its end.
-- Totals repeat their parts: add up either is_total rows of one kind or the others.

with programme_months as (

    select * from {{ ref('int_programme_months') }}

),

movements as (

    select * from {{ ref('fct_programme_movements') }}

),

ultimates as (

    select * from {{ ref('rpt_programme_ultimates') }}

),

first_movements as (

    select programme_id, min(movement_month) as first_month
    from movements
    group by 1

),

-- From when is a programme shown? From its announcement, or from its first cost where that came
-- before.
months_shown as (

    select
        programme_months.programme_id,
        programme_months.kind,
        programme_months.package_id,
        programme_months.treatment_code,
        programme_months.cost_month,
        programme_months.announced_krw,
        coalesce(movements.incurred_krw, 0) as incurred_krw,
        coalesce(movements.paid_krw, 0) as paid_krw,
        coalesce(movements.outstanding_change_krw, 0) as outstanding_change_krw,
        coalesce(ultimates.expected_to_come_krw, 0) as expected_to_come_krw,
        coalesce(ultimates.ultimate_low_krw, 0) as ultimate_low_krw,
        coalesce(ultimates.ultimate_high_krw, 0) as ultimate_high_krw
    from programme_months
    left join first_movements
        on programme_months.programme_id = first_movements.programme_id
    left join movements
        on
            programme_months.programme_id = movements.programme_id
            and programme_months.cost_month = movements.movement_month
    left join ultimates
        on
            programme_months.programme_id = ultimates.programme_id
            and programme_months.cost_month = ultimates.cost_month
    where
        programme_months.is_announced
        or programme_months.cost_month >= first_movements.first_month

),

report_rows as (

    select
        programme_id,
        'programme' as row_kind,
        treatment_code,
        cost_month,
        announced_krw,
        incurred_krw,
        paid_krw,
        outstanding_change_krw,
        expected_to_come_krw,
        ultimate_low_krw,
        ultimate_high_krw
    from months_shown
    where kind != 'package'
    union all
    select
        coalesce(package_id, programme_id) as programme_id,
        'package' as row_kind,
        max(treatment_code) filter (where kind = 'package') as treatment_code,
        cost_month,
        sum(announced_krw) as announced_krw,
        sum(incurred_krw) as incurred_krw,
        sum(paid_krw) as paid_krw,
        sum(outstanding_change_krw) as outstanding_change_krw,
        sum(expected_to_come_krw) as expected_to_come_krw,
        sum(ultimate_low_krw) as ultimate_low_krw,
        sum(ultimate_high_krw) as ultimate_high_krw
    from months_shown
    where
        kind = 'package'
        or package_id is not null
    group by 1, 2, 4
    union all
    select
        'all' as programme_id,
        'total' as row_kind,
        cast(null as string) as treatment_code,
        cost_month,
        sum(announced_krw) as announced_krw,
        sum(incurred_krw) as incurred_krw,
        sum(paid_krw) as paid_krw,
        sum(outstanding_change_krw) as outstanding_change_krw,
        sum(expected_to_come_krw) as expected_to_come_krw,
        sum(ultimate_low_krw) as ultimate_low_krw,
        sum(ultimate_high_krw) as ultimate_high_krw
    from months_shown
    group by 1, 2, 4

),

balances as (

    select
        programme_id,
        row_kind,
        treatment_code,
        cost_month,
        announced_krw,
        incurred_krw,
        paid_krw,
        sum(incurred_krw) over (
            partition by programme_id
            order by cost_month asc nulls last
            rows between unbounded preceding and current row
        ) as cumulative_incurred_krw,
        sum(paid_krw) over (
            partition by programme_id
            order by cost_month asc nulls last
            rows between unbounded preceding and current row
        ) as cumulative_paid_krw,
        sum(outstanding_change_krw) over (
            partition by programme_id
            order by cost_month asc nulls last
            rows between unbounded preceding and current row
        ) as outstanding_krw,
        expected_to_come_krw,
        ultimate_low_krw,
        ultimate_high_krw
    from report_rows

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(cost_month as date) as cost_month,
        cast(row_kind as string) as row_kind,
        cast(row_kind != 'programme' as boolean) as is_total,
        cast(treatment_code as string) as treatment,
        cast(announced_krw as bigint) as announced_krw,
        cast(incurred_krw as bigint) as incurred_krw,
        cast(paid_krw as bigint) as paid_krw,
        cast(outstanding_krw as bigint) as outstanding_krw,
        cast(cumulative_incurred_krw as bigint) as cumulative_incurred_krw,
        cast(cumulative_paid_krw as bigint) as cumulative_paid_krw,
        cast(expected_to_come_krw as bigint) as expected_to_come_krw,
        cast(cumulative_incurred_krw + expected_to_come_krw as bigint) as ultimate_krw,
        cast(ultimate_low_krw as bigint) as ultimate_low_krw,
        cast(ultimate_high_krw as bigint) as ultimate_high_krw
    from balances

)

select * from final
