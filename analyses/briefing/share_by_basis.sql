with port_shares as (

    select * from {{ ref('rpt_port_share') }}

),

claims as (

    select * from {{ ref('rpt_published_claims') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

-- Shares that somebody published, with the days they are about.
claimed_periods as (

    select distinct
        claims.period_from,
        claims.period_to
    from claims
    inner join port_shares
        on
            claims.basis = port_shares.basis
            and claims.period_from = port_shares.period_from
            and claims.period_to = port_shares.period_to
    where claims.unit = 'ratio' and port_shares.period_kind = 'claim'

)

select distinct
    port_shares.period_from,
    port_shares.period_to,
    port_shares.is_complete,
    port_shares.basis,
    coalesce(carriers.carrier_name, port_shares.recipient) as recipient,
    port_shares.ports,
    port_shares.total_ports,
    port_shares.share
from port_shares
left join carriers
    on port_shares.recipient = carriers.carrier_code
left join claimed_periods
    on
        port_shares.period_from = claimed_periods.period_from
        and port_shares.period_to = claimed_periods.period_to
where
    port_shares.period_kind in ('policy_window', 'policy_retroactive')
    or (port_shares.period_kind = 'claim' and claimed_periods.period_from is not null)
order by 1, 2, 3, 4, 5
