-- The total is what the lines in it add up to, in won and in dollars, and lies in its range.

with incident_cost as (

    select * from {{ ref('rpt_incident_cost') }}

),

sums as (

    select
        incident_id,
        sum(krw) as krw,
        sum(low_krw) as low_krw,
        sum(high_krw) as high_krw,
        sum(incurred_krw) as incurred_krw,
        sum(outstanding_krw) as outstanding_krw,
        sum(usd) as usd
    from incident_cost
    where is_in_total_cost
    group by incident_id

),

final as (

    select incident_cost.incident_id
    from incident_cost
    left join sums
        on incident_cost.incident_id = sums.incident_id
    where
        incident_cost.is_total
        and (
            incident_cost.krw is distinct from coalesce(sums.krw, 0)
            or incident_cost.low_krw is distinct from coalesce(sums.low_krw, 0)
            or incident_cost.high_krw is distinct from coalesce(sums.high_krw, 0)
            or incident_cost.incurred_krw is distinct from coalesce(sums.incurred_krw, 0)
            or incident_cost.outstanding_krw is distinct from coalesce(sums.outstanding_krw, 0)
            or incident_cost.usd is distinct from sums.usd
            or incident_cost.low_krw > incident_cost.krw
            or incident_cost.krw > incident_cost.high_krw
        )

)

select * from final
