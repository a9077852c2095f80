-- Brand by brand, what the flow matrix says came and left by porting is what the lines say, but
-- for the pairs that rows in quarantine break: each such row is at most one port of a brand, of two
-- brands at most.

with churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}
    where segment_kind = 'network_brand'

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

margins as (

    select
        processed_on,
        recipient_carrier as brand,
        ports as ports_in,
        0 as ports_out
    from port_flows
    union all
    select
        processed_on,
        donor_carrier as brand,
        0 as ports_in,
        ports as ports_out
    from port_flows

),

margins_by_brand as (

    select
        processed_on,
        brand,
        sum(ports_in) as ports_in,
        sum(ports_out) as ports_out
    from margins
    group by 1, 2

),

differences as (

    select
        churn_daily.segment as brand,
        sum(
            abs(
                churn_daily.port_ins - churn_daily.port_outs
                - coalesce(margins_by_brand.ports_in, 0) + coalesce(margins_by_brand.ports_out, 0)
            )
        ) as net_ports_unpaired
    from churn_daily
    left join margins_by_brand
        on
            churn_daily.service_date = margins_by_brand.processed_on
            and churn_daily.segment = margins_by_brand.brand
    group by 1

),

final as (

    select
        differences.brand,
        differences.net_ports_unpaired,
        broken_pairs.rows_quarantined
    from differences
    cross join broken_pairs
    where differences.net_ports_unpaired > broken_pairs.rows_quarantined

)

select * from final
