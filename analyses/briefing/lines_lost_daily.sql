with excess_churn as (

    select * from {{ ref('rpt_excess_churn_daily') }}

)

select
    recipient,
    processed_on,
    phase,
    actual,
    expected,
    expected_low,
    expected_high
from excess_churn
where segment_kind = 'total'
order by recipient, processed_on
