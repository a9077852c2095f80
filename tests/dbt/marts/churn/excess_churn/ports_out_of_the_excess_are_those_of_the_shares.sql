-- What left by the excess is what left by the shares on all destinations, where the day's port requests
-- have come: two ways from exports to one number.

with daily as (

    select * from {{ ref('rpt_excess_churn_daily') }}

),

shares as (

    select * from {{ ref('rpt_port_share') }}

),

final as (

    select
        daily.processed_on,
        daily.actual,
        shares.total_ports
    from daily
    inner join shares
        on
            daily.processed_on = shares.period_from
            and shares.period_kind = 'day'
            and shares.basis = 'all_destinations'
    where
        daily.segment_kind = 'total'
        and daily.recipient = 'all'
        and daily.actual <> shares.total_ports

)

select distinct processed_on, actual, total_ports from final
