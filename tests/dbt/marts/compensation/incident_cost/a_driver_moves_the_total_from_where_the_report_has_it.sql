-- The sensitivity starts from the reported total, ranks without gaps and flags at most three
-- drivers.

with sensitivity as (

    select * from {{ ref('rpt_cost_sensitivity') }}

),

incident_cost as (

    select * from {{ ref('rpt_incident_cost') }}

),

counted as (

    select
        incident_id,
        count(*) as drivers,
        max(swing_rank) as last_rank,
        sum(case when is_top_three then 1 else 0 end) as flagged,
        sum(case when swing_krw > 0 then 1 else 0 end) as moving
    from sensitivity
    group by incident_id

),

final as (

    select
        sensitivity.incident_id,
        sensitivity.driver_id as problem
    from sensitivity
    left join incident_cost
        on
            sensitivity.incident_id = incident_cost.incident_id
            and incident_cost.is_total
    where sensitivity.total_base_krw is distinct from incident_cost.krw
    union all
    select
        incident_id,
        'ranks or flags' as problem
    from counted
    where
        drivers <> last_rank
        or flagged <> least(moving, 3)

)

select * from final
