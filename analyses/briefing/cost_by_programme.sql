with costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

)

select
    costs.programme_id,
    programmes.programme_name,
    -- The plan of an investment is whole whatever share of the lines was delivered.
    coalesce(programmes.kind = 'investment', false) as is_whole,
    costs.announced_krw,
    costs.cumulative_incurred_krw,
    costs.cumulative_paid_krw,
    costs.outstanding_krw,
    costs.ultimate_krw,
    costs.ultimate_low_krw,
    costs.ultimate_high_krw
from costs
left join programmes
    on costs.programme_id = programmes.programme_id
where
    costs.row_kind in ('programme', 'package')
    and costs.cost_month = (select max(newest.cost_month) from costs as newest)
order by costs.ultimate_krw desc, costs.programme_id asc
