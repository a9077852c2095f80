-- With incurred and paid as the movements have them, never less than nothing to come, and the
-- estimate inside its range.

with ultimates as (

    select * from {{ ref('rpt_programme_ultimates') }}

),

movements as (

    select * from {{ ref('fct_programme_movements') }}

),

balances as (

    select
        ultimates.programme_id,
        ultimates.cost_month,
        sum(movements.incurred_krw) as incurred_krw,
        sum(movements.paid_krw) as paid_krw
    from ultimates
    inner join movements
        on
            ultimates.programme_id = movements.programme_id
            and ultimates.cost_month >= movements.movement_month
    group by 1, 2

),

final as (

    select
        ultimates.programme_id,
        ultimates.cost_month,
        ultimates.expected_to_come_krw,
        ultimates.ultimate_krw
    from ultimates
    left join balances
        on
            ultimates.programme_id = balances.programme_id
            and ultimates.cost_month = balances.cost_month
    where
        ultimates.cumulative_incurred_krw != coalesce(balances.incurred_krw, 0)
        or ultimates.cumulative_paid_krw != coalesce(balances.paid_krw, 0)
        or ultimates.ultimate_krw
        != ultimates.cumulative_incurred_krw + ultimates.expected_to_come_krw
        or ultimates.expected_to_come_krw < 0
        or not ultimates.ultimate_krw
        between ultimates.ultimate_low_krw and ultimates.ultimate_high_krw

)

select * from final
