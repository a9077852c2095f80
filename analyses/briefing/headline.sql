with excess_churn as (

    select * from {{ ref('rpt_excess_churn') }}

),

waiver_decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

refund_positions as (

    select * from {{ ref('fct_refund_positions') }}

),

incident_cost as (

    select * from {{ ref('rpt_incident_cost') }}

),

excess as (

    select
        1 as place,
        'excess_lines' as headline,
        incident_id,
        excess_lines as amount,
        excess_lines_low as low,
        excess_lines_high as high
    from excess_churn
    where is_headline

),

-- What the news reports: everybody who left in the window, because of the incident or not.
left_in_window as (

    select
        2 as place,
        'window_lines' as headline,
        incident_id,
        actual as amount,
        cast(null as bigint) as low,
        cast(null as bigint) as high
    from excess_churn
    where
        method = 'baseline'
        and phase = 'window'
        and segment_kind = 'total'
        and recipient = 'all'

),

entitled as (

    select
        3 as place,
        'entitled_lines' as headline,
        cast(null as string) as incident_id,
        count(distinct line_key) as amount,
        cast(null as bigint) as low,
        cast(null as bigint) as high
    from waiver_decisions
    where is_current and is_eligible

),

refunded as (

    select
        4 as place,
        'refunded_krw' as headline,
        cast(null as string) as incident_id,
        coalesce(sum(paid_krw), 0) as amount,
        cast(null as bigint) as low,
        cast(null as bigint) as high
    from refund_positions

),

owed as (

    select
        5 as place,
        'owed_krw' as headline,
        cast(null as string) as incident_id,
        coalesce(sum(outstanding_krw), 0) as amount,
        cast(null as bigint) as low,
        cast(null as bigint) as high
    from refund_positions

),

cost as (

    select
        6 as place,
        'cost_krw' as headline,
        incident_id,
        krw as amount,
        low_krw as low,
        high_krw as high
    from incident_cost
    where is_total

),

headlines as (

    select * from excess
    union all
    select * from left_in_window
    union all
    select * from entitled
    union all
    select * from refunded
    union all
    select * from owed
    union all
    select * from cost

)

select
    headline,
    incident_id,
    cast(amount as bigint) as amount,
    cast(low as bigint) as low,
    cast(high as bigint) as high
from headlines
order by place, incident_id
