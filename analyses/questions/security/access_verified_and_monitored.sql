with access_days as (

    select * from {{ ref('rpt_access_monitoring_daily') }}

),

months as (

    select
        business_domain,
        date_trunc('month', attempt_date) as month,
        sum(attempts) as attempts,
        sum(verified_attempts) as verified_attempts,
        sum(monitored_attempts) as monitored_attempts
    from access_days
    group by business_domain, date_trunc('month', attempt_date)

)

select
    business_domain,
    cast(month as date) as month,
    cast(attempts as bigint) as attempts,
    round(cast(verified_attempts as double) / nullif(attempts, 0), 4) as verified_share,
    round(cast(monitored_attempts as double) / nullif(attempts, 0), 4) as monitored_share
from months
order by business_domain, month
