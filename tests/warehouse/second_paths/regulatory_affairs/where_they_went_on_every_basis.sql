-- Counted from the flows between brands.
with windows as (
    select distinct period_from, period_to
    from churn.rpt_port_share
    where period_kind = 'policy_window'
),
flows as (
    select
        w.period_from,
        w.period_to,
        f.donor_carrier,
        r.carrier_class,
        r.published_group as recipient,
        f.ports
    from churn.fct_port_flows_daily as f
    inner join windows as w on f.processed_on between w.period_from and w.period_to
    inner join core.dim_carriers as r on f.recipient_carrier = r.carrier_code
    where f.direction = 'out'
),
by_basis as (
    select *, 'all_destinations' as basis from flows
    union all
    select *, 'mno_only' as basis from flows where carrier_class = 'mno'
    union all
    select *, 'own_brand_mno_only' as basis from flows
    where carrier_class = 'mno'
        and donor_carrier in (select carrier_code from core.dim_carriers where is_operator)
),
counted as (
    select period_from, period_to, basis, recipient, sum(ports) as ports
    from by_basis
    group by all
)
select
    *,
    sum(ports) over w as total_ports,
    cast(round(ports / sum(ports) over w, 6) as decimal(9, 6)) as share
from counted
window w as (partition by period_from, period_to, basis)
