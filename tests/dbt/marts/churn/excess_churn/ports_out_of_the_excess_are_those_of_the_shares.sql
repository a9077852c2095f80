-- What left to known recipients by the excess is what left by the shares on all destinations: two
-- ways from the exports to one number, by the ends of lines and by port requests.

with daily as (

    select * from {{ ref('rpt_excess_churn_daily') }}

),

shares as (

    select * from {{ ref('rpt_port_share') }}

),

to_known_recipients as (

    select
        processed_on,
        sum(actual) as actual
    from daily
    where
        segment_kind = 'total'
        and recipient not in ('all', 'unknown')
    group by 1

),

final as (

    select distinct
        to_known_recipients.processed_on,
        to_known_recipients.actual,
        shares.total_ports
    from to_known_recipients
    inner join shares
        on
            to_known_recipients.processed_on = shares.period_from
            and shares.period_kind = 'day'
            and shares.basis = 'all_destinations'
    where to_known_recipients.actual <> shares.total_ports

)

select * from final
