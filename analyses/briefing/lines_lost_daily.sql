with excess_churn as (

    select * from {{ ref('rpt_excess_churn_daily') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

)

select
    coalesce(carriers.carrier_name, excess_churn.recipient) as recipient,
    excess_churn.processed_on,
    excess_churn.phase,
    excess_churn.actual,
    excess_churn.expected,
    excess_churn.expected_low,
    excess_churn.expected_high
from excess_churn
left join carriers
    on excess_churn.recipient = carriers.carrier_code
where excess_churn.segment_kind = 'total'
order by 1, 2
