-- By processing and by the last day in service the same lines are counted, but for ports without a
-- request; by request the same as by processing over all months, but for the months at either end.

with churn_monthly as (

    select * from {{ ref('rpt_churn_monthly') }}

),

dated as (

    select * from {{ ref('int_deactivations_dated_monthly') }}

),

months_that_differ as (

    select
        month,
        segment_kind,
        segment
    from churn_monthly
    where
        deactivations_by_processing + port_outs_without_request <> deactivations
        or unforced_deactivations_by_processing + port_outs_without_request
        <> unforced_deactivations
        or unforced_deactivations_by_request + forced_deactivations <> deactivations_by_request
        or unforced_deactivations_by_request < 0

),

totals_that_differ as (

    select
        cast(null as date) as month,
        segment_kind,
        segment
    from dated
    group by segment_kind, segment
    having sum(by_request) <> sum(by_processing)

),

final as (

    select
        month,
        segment_kind,
        segment
    from months_that_differ
    union all
    select
        month,
        segment_kind,
        segment
    from totals_that_differ

)

select * from final
