-- The list of deactivations and the daily report count the same lines, kind by kind.

with deactivations as (

    select * from {{ ref('fct_deactivations') }}

),

churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}
    where segment_kind = 'total'

),

listed as (

    select
        deactivated_on,
        count(*) as deactivations,
        count(*) filter (where is_forced) as forced_deactivations,
        count(*) filter (where kind = 'port_out') as port_outs
    from deactivations
    group by 1

),

final as (

    select
        churn_daily.service_date,
        listed.deactivated_on
    from churn_daily
    full outer join listed
        on churn_daily.service_date = listed.deactivated_on
    where
        coalesce(churn_daily.deactivations, 0) <> coalesce(listed.deactivations, 0)
        or coalesce(churn_daily.forced_deactivations, 0)
        <> coalesce(listed.forced_deactivations, 0)
        or coalesce(churn_daily.port_outs, 0) <> coalesce(listed.port_outs, 0)

)

select * from final
