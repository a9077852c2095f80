-- A line that ended or began by a port has its completed request, and the other way round: the
-- margins of the flow matrix are what porting did to the lines. Rows in quarantine break a pair, so
-- that many and no more may be missing.

with churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}
    where segment_kind = 'total'

),

port_flows as (

    select * from {{ ref('fct_port_flows_daily') }}

),

row_status as (

    select * from {{ ref('stg_operator__row_status') }}

),

broken_pairs as (

    select coalesce(sum(quarantined), 0) as rows_quarantined
    from row_status
    where entity in ('lines', 'customers', 'port_requests')

),

flow_margins as (

    select
        processed_on,
        sum(case when direction in ('out', 'within_network') then ports else 0 end) as ports_out,
        sum(case when direction in ('in', 'within_network') then ports else 0 end) as ports_in
    from port_flows
    group by 1

),

differences as (

    select
        sum(abs(coalesce(churn_daily.port_outs, 0) - coalesce(flow_margins.ports_out, 0)))
            as port_outs_unpaired,
        sum(abs(coalesce(churn_daily.port_ins, 0) - coalesce(flow_margins.ports_in, 0)))
            as port_ins_unpaired
    from churn_daily
    full outer join flow_margins
        on churn_daily.service_date = flow_margins.processed_on

),

final as (

    select
        differences.port_outs_unpaired,
        differences.port_ins_unpaired,
        broken_pairs.rows_quarantined
    from differences
    cross join broken_pairs
    where
        differences.port_outs_unpaired > broken_pairs.rows_quarantined
        or differences.port_ins_unpaired > broken_pairs.rows_quarantined

)

select * from final
