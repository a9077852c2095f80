with cost as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

)

select
    programme_id,
    cost_month,
    announced_krw,
    cumulative_incurred_krw,
    cumulative_paid_krw,
    outstanding_krw,
    ultimate_krw
from cost
where cost_month = (select max(newest.cost_month) from cost as newest)
order by programme_id
