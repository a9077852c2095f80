with excess_churn as (

    select * from {{ ref('rpt_excess_churn_daily') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

numbered as (

    select
        coalesce(carriers.carrier_name, excess_churn.recipient) as recipient,
        excess_churn.processed_on,
        excess_churn.phase,
        excess_churn.actual,
        excess_churn.expected,
        excess_churn.expected_low,
        excess_churn.expected_high,
        row_number() over (
            partition by excess_churn.recipient
            order by excess_churn.processed_on desc
        ) as days_back
    from excess_churn
    left join carriers
        on excess_churn.recipient = carriers.carrier_code
    where excess_churn.segment_kind = 'total'

)

-- The newest days only: a page has to hold them, however long the carrier has delivered.
select
    recipient,
    processed_on,
    phase,
    actual,
    expected,
    expected_low,
    expected_high
from numbered
where days_back <= 400
order by recipient, processed_on
