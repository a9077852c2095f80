-- A month's flows and missing days are those of its days, and net adds are the change of the stock.

with churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}

),

churn_monthly as (

    select * from {{ ref('rpt_churn_monthly') }}

),

days_added as (

    select
        cast(date_trunc('month', service_date) as date) as month,
        segment_kind,
        segment,
        sum(gross_adds) as gross_adds,
        sum(deactivations) as deactivations,
        sum(port_outs) as port_outs,
        count(*) filter (where is_feed_missing) as missing_days
    from churn_daily
    group by 1, 2, 3

),

final as (

    select
        days_added.month,
        days_added.segment_kind,
        days_added.segment
    from days_added
    full outer join churn_monthly
        on
            days_added.month = churn_monthly.month
            and days_added.segment_kind = churn_monthly.segment_kind
            and days_added.segment = churn_monthly.segment
    where
        churn_monthly.net_adds is distinct from
        churn_monthly.closing_lines - churn_monthly.opening_lines
        or days_added.gross_adds is distinct from churn_monthly.gross_adds
        or days_added.deactivations is distinct from churn_monthly.deactivations
        or days_added.port_outs is distinct from churn_monthly.port_outs
        or days_added.missing_days is distinct from churn_monthly.missing_days
        or (churn_monthly.is_complete and churn_monthly.missing_days > 0)

)

select * from final
