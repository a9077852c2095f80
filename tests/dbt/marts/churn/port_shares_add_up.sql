-- Shares of one basis and period add up to one, their ports to the total, and the days of a month
-- to the month. No basis counts more leavers than the flow matrix does.

with port_shares as (

    select * from {{ ref('rpt_port_share') }}

),

port_flows as (

    select * from {{ ref('fct_port_flows_daily') }}

),

by_period as (

    select
        period_kind,
        period_from,
        period_to,
        basis,
        sum(ports) as ports,
        max(total_ports) as total_ports,
        sum(share) as share
    from port_shares
    group by 1, 2, 3, 4

),

days_by_month as (

    select
        cast(date_trunc('month', period_from) as date) as month,
        basis,
        sum(ports) as ports
    from port_shares
    where period_kind = 'day'
    group by 1, 2

),

leavers_by_day as (

    select
        processed_on,
        sum(ports) as ports
    from port_flows
    where direction in ('out', 'within_network')
    group by 1

),

final as (

    select by_period.period_from, by_period.period_to, by_period.basis, 'shares' as wrong
    from by_period
    where
        by_period.ports <> by_period.total_ports
        or abs(by_period.share - 1) > 0.00001
    union all
    select by_period.period_from, by_period.period_to, by_period.basis, 'month' as wrong
    from by_period
    left join days_by_month
        on
            by_period.period_from = days_by_month.month
            and by_period.basis = days_by_month.basis
    where
        by_period.period_kind = 'month'
        and by_period.ports <> coalesce(days_by_month.ports, 0)
    union all
    select by_period.period_from, by_period.period_to, by_period.basis, 'matrix' as wrong
    from by_period
    left join leavers_by_day
        on by_period.period_from = leavers_by_day.processed_on
    where
        by_period.period_kind = 'day'
        and by_period.ports > coalesce(leavers_by_day.ports, 0)

)

select * from final
