-- The roll-forward against the books: what it closes with is the balance of the liability accounts
-- and the estimate beyond it, and what it calls used is what left the bank.

with rollforward as (

    select * from {{ ref('rpt_provision_rollforward') }}

),

costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

final as (

    select
        rollforward.programme_id,
        rollforward.cost_month,
        rollforward.closing_krw,
        costs.outstanding_krw,
        costs.expected_to_come_krw
    from rollforward
    inner join costs
        on
            rollforward.programme_id = costs.programme_id
            and rollforward.cost_month = costs.cost_month
    where
        costs.row_kind = 'programme'
        and (
            rollforward.closing_krw != costs.outstanding_krw + costs.expected_to_come_krw
            or rollforward.used_krw != costs.paid_krw
        )

)

select * from final
