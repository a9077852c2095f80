-- Missing is not zero: a feed that did not come has no attempts, one that came has.

with access_monitoring as (

    select * from {{ ref('rpt_access_monitoring_daily') }}

),

final as (

    select
        attempt_date,
        business_domain,
        access_point_id
    from access_monitoring
    where is_feed_missing = (attempts is not null)

)

select * from final
