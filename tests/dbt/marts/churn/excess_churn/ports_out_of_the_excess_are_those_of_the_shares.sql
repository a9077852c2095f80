-- What left to known recipients by the excess is what left by the shares on all destinations: two
-- ways from the exports to one number, by the ends of lines and by port requests. Rows in quarantine
-- break a pair, so that many and no more may differ, over all delivered days together. Of the day of
-- the newest delivery the other half of a pair may come with the next one.

with daily as (

    select * from {{ ref('rpt_excess_churn_daily') }}

),

shares as (

    select * from {{ ref('rpt_port_share') }}

),

row_status as (

    select * from {{ ref('stg_operator__row_status') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

broken_pairs as (

    select coalesce(sum(quarantined), 0) as rows_quarantined
    from row_status
    where entity in ('lines', 'customers', 'port_requests')

),

to_known_recipients as (

    select
        processed_on,
        sum(actual) as actual
    from daily
    where
        segment_kind = 'total'
        and recipient not in ('all', 'unknown')
        and not is_missing
    group by 1

),

by_shares as (

    select
        period_from as processed_on,
        max(total_ports) as ports
    from shares
    where
        period_kind = 'day'
        and basis = 'all_destinations'
    group by 1

),

differences as (

    select sum(abs(to_known_recipients.actual - coalesce(by_shares.ports, 0))) as ports_unpaired
    from to_known_recipients
    inner join delivery_facts
        on to_known_recipients.processed_on < delivery_facts.newest_batch_on
    left join by_shares
        on to_known_recipients.processed_on = by_shares.processed_on

),

final as (

    select
        differences.ports_unpaired,
        broken_pairs.rows_quarantined
    from differences
    cross join broken_pairs
    where differences.ports_unpaired > broken_pairs.rows_quarantined

)

select * from final
