-- Grain: one row per (month, segment_kind, segment).
-- Rates cannot be added; take the counts and divide again. A month still running has the rates of
-- the days delivered so far and is_complete = false. Each definition shown has a column of its own;
-- docs/metrics.md names the combinations left out.

with churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}

),

deactivations_dated as (

    select * from {{ ref('int_deactivations_dated_monthly') }}

),

by_month as (

    select
        {{ month_of('service_date') }} as month,
        segment_kind,
        segment,
        count(*) as days_observed,
        sum(case when is_feed_missing then 1 else 0 end) as missing_days,
        max(service_date) as last_day,
        min_by(opening_lines, service_date) as opening_lines,
        max_by(closing_lines, service_date) as closing_lines,
        -- The base of the 15th, the middle of the month as monthly figures use it.
        max(case when extract(day from service_date) = 15 then closing_lines end) as mid_lines,
        sum(gross_adds) as gross_adds,
        sum(port_ins) as port_ins,
        sum(deactivations) as deactivations,
        sum(forced_deactivations) as forced_deactivations,
        sum(port_outs) as port_outs
    from churn_daily
    group by 1, 2, 3

),

months as (

    select
        by_month.month,
        by_month.segment_kind,
        by_month.segment,
        by_month.days_observed,
        by_month.missing_days,
        by_month.opening_lines,
        by_month.closing_lines,
        by_month.mid_lines,
        by_month.gross_adds,
        by_month.port_ins,
        by_month.deactivations,
        by_month.forced_deactivations,
        by_month.port_outs,
        coalesce(deactivations_dated.by_request, 0) as by_request,
        coalesce(deactivations_dated.by_processing, 0) as by_processing,
        coalesce(deactivations_dated.without_request, 0) as without_request,
        -- Forced endings have one day, so they count alike in every dating.
        coalesce(deactivations_dated.by_request, 0) - by_month.forced_deactivations
            as unforced_by_request,
        coalesce(deactivations_dated.by_processing, 0) - by_month.forced_deactivations
            as unforced_by_processing,
        (by_month.opening_lines + by_month.closing_lines) / 2.0 as average_lines
    from by_month
    left join deactivations_dated
        on
            by_month.month = deactivations_dated.month
            and by_month.segment_kind = deactivations_dated.segment_kind
            and by_month.segment = deactivations_dated.segment

),

final as (

    select
        cast(month as date) as month,
        cast(segment_kind as string) as segment_kind,
        cast(segment as string) as segment,
        cast(days_observed as bigint) as days_observed,
        cast(
            missing_days = 0
            and days_observed
            = extract(day from cast(month + interval 1 month - interval 1 day as date)) as boolean
        ) as is_complete,
        cast(missing_days as bigint) as missing_days,
        cast(opening_lines as bigint) as opening_lines,
        cast(closing_lines as bigint) as closing_lines,
        cast(average_lines as decimal(18, 1)) as average_lines,
        cast(mid_lines as bigint) as mid_lines,
        cast(gross_adds as bigint) as gross_adds,
        cast(port_ins as bigint) as port_ins,
        cast(deactivations as bigint) as deactivations,
        cast(forced_deactivations as bigint) as forced_deactivations,
        cast(deactivations - forced_deactivations as bigint) as unforced_deactivations,
        cast(by_request as bigint) as deactivations_by_request,
        cast(by_processing as bigint) as deactivations_by_processing,
        cast(without_request as bigint) as port_outs_without_request,
        cast(port_outs as bigint) as port_outs,
        cast(gross_adds - deactivations as bigint) as net_adds,
        cast(unforced_by_request as bigint) as unforced_deactivations_by_request,
        cast(unforced_by_processing as bigint) as unforced_deactivations_by_processing,
        {{ churn_rate_of('deactivations', 'average_lines') }} as churn_rate,
        {{ churn_rate_of('deactivations - forced_deactivations', 'average_lines') }}
            as churn_rate_unforced,
        {{ churn_rate_of('deactivations', 'opening_lines') }} as churn_rate_opening_base,
        {{ churn_rate_of('deactivations', 'mid_lines') }} as churn_rate_mid_base,
        {{ churn_rate_of('by_request', 'average_lines') }} as churn_rate_by_request,
        {{ churn_rate_of('by_processing', 'average_lines') }} as churn_rate_by_processing,
        {{ churn_rate_of('deactivations - forced_deactivations', 'opening_lines') }}
            as churn_rate_unforced_opening_base,
        {{ churn_rate_of('deactivations - forced_deactivations', 'mid_lines') }}
            as churn_rate_unforced_mid_base,
        {{ churn_rate_of('port_outs', 'average_lines') }} as port_out_rate,
        {{ churn_rate_of('unforced_by_request', 'average_lines') }}
            as churn_rate_unforced_by_request,
        {{ churn_rate_of('unforced_by_processing', 'average_lines') }}
            as churn_rate_unforced_by_processing
    from months

)

select * from final
