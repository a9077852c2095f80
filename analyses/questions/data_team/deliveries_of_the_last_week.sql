with conservation as (

    select * from {{ ref('rpt_batch_conservation') }}

),

newest as (

    select max(batch_date) as batch_date
    from conservation

)

select
    conservation.entity,
    cast(sum(conservation.delivered) as bigint) as delivered,
    cast(sum(conservation.accepted) as bigint) as accepted,
    cast(sum(conservation.superseded + conservation.duplicate) as bigint) as replaced_or_double,
    cast(sum(conservation.quarantined) as bigint) as quarantined
from conservation
inner join newest
    on conservation.batch_date > newest.batch_date - interval 7 day
group by conservation.entity
order by conservation.entity
