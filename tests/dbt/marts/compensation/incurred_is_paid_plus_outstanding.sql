-- The identity of claims reserving, at the end of every month, for programmes, packages and the
-- total.

with costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

final as (

    select *
    from costs
    where
        cumulative_incurred_krw != cumulative_paid_krw + outstanding_krw
        or outstanding_krw < 0

)

select * from final
