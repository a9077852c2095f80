with conservation as (

    select * from {{ ref('rpt_batch_conservation') }}

),

quarantined_rows as (

    select * from {{ ref('fct_quarantined_rows') }}

),

deliveries as (

    select
        entity,
        sum(delivered) as delivered,
        sum(accepted) as accepted,
        sum(superseded) as superseded,
        sum(duplicate) as duplicate,
        sum(quarantined) as quarantined,
        sum(quarantined_krw) as quarantined_krw
    from conservation
    group by entity

),

overdue as (

    select
        entity,
        count(*) as overdue
    from quarantined_rows
    where is_quarantined and is_overdue
    group by entity

)

select
    deliveries.entity,
    cast(deliveries.delivered as bigint) as delivered,
    cast(deliveries.accepted as bigint) as accepted,
    cast(deliveries.superseded as bigint) as superseded,
    cast(deliveries.duplicate as bigint) as duplicate,
    cast(deliveries.quarantined as bigint) as quarantined,
    cast(deliveries.quarantined_krw as bigint) as quarantined_krw,
    coalesce(overdue.overdue, 0) as overdue
from deliveries
left join overdue
    on deliveries.entity = overdue.entity
order by deliveries.quarantined desc, deliveries.delivered desc, deliveries.entity asc
