-- The figure a claim on leavers is held against is the one that readers find in rpt_port_share.

with verdicts as (

    select * from {{ ref('rpt_published_claims') }}

),

port_shares as (

    select * from {{ ref('rpt_port_share') }}

),

final as (

    select
        verdicts.claim_id,
        verdicts.basis,
        verdicts.computed_value,
        sum(port_shares.ports) as ports
    from verdicts
    inner join port_shares
        on
            port_shares.period_kind = 'claim'
            and verdicts.period_from = port_shares.period_from
            and verdicts.period_to = port_shares.period_to
            and verdicts.basis = port_shares.basis
            and verdicts.metric in ('port_outs', 'port_outs:' || port_shares.recipient)
    group by 1, 2, 3
    having sum(port_shares.ports) <> verdicts.computed_value

)

select * from final
