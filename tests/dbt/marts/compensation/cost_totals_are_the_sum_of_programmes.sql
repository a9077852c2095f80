with costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

programmes_summed as (

    select
        cost_month,
        sum(incurred_krw) as incurred_krw,
        sum(paid_krw) as paid_krw,
        sum(outstanding_krw) as outstanding_krw
    from costs
    where row_kind = 'programme'
    group by 1

),

totals as (

    select * from costs where row_kind = 'total'

),

final as (

    select
        coalesce(totals.cost_month, programmes_summed.cost_month) as cost_month,
        totals.incurred_krw as total_incurred_krw,
        programmes_summed.incurred_krw
    from totals
    full outer join programmes_summed
        on totals.cost_month = programmes_summed.cost_month
    where
        totals.incurred_krw is distinct from programmes_summed.incurred_krw
        or totals.paid_krw is distinct from programmes_summed.paid_krw
        or totals.outstanding_krw is distinct from programmes_summed.outstanding_krw

)

select * from final
