with destinations as (

    select * from {{ ref('rpt_port_destinations_monthly') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

network_operators as (

    select distinct published_group as recipient
    from carriers
    where carrier_class = 'mno'

),

bases as (

    select
        month,
        'all_destinations' as basis,
        recipient,
        port_outs
    from destinations
    union all
    select
        destinations.month,
        'mno_only' as basis,
        destinations.recipient,
        destinations.port_outs
    from destinations
    inner join network_operators
        on destinations.recipient = network_operators.recipient

),

-- A total with a withheld part is withheld: count(port_outs) counts what is shown.
totals as (

    select
        month,
        basis,
        case when count(*) = count(port_outs) then sum(port_outs) end as total_port_outs
    from bases
    group by month, basis

)

select
    bases.month,
    bases.basis,
    bases.recipient,
    bases.port_outs,
    cast(totals.total_port_outs as bigint) as total_port_outs,
    cast(
        round(cast(bases.port_outs as double) / nullif(totals.total_port_outs, 0), 6)
        as decimal(9, 6)
    ) as share
from bases
inner join totals
    on
        bases.month = totals.month
        and bases.basis = totals.basis
