-- Units and parts of a kind are the whole of the month as rpt_churn_daily counts it; plan tiers are
-- the handsets of it; each month opens with the lines the one before closed with.

with segments as (

    select * from {{ ref('fct_churn_segments_monthly') }}

),

churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}

),

by_kind as (

    select
        month,
        segment_kind,
        sum(opening_lines) as opening_lines,
        sum(gross_adds) as gross_adds,
        sum(deactivations) as deactivations,
        sum(port_outs) as port_outs,
        sum(other_ends) as other_ends,
        sum(closing_lines) as closing_lines
    from segments
    group by 1, 2

),

by_day as (

    select
        cast(date_trunc('month', service_date) as date) as month,
        case when segment_kind = 'total' then 'total' else 'plan_tier' end as of_kind,
        min_by(opening_lines, service_date) as opening_lines,
        sum(gross_adds) as gross_adds,
        sum(deactivations) as deactivations,
        sum(port_outs) as port_outs,
        max_by(closing_lines, service_date) as closing_lines
    from churn_daily
    where
        segment_kind = 'total'
        or (segment_kind = 'line_kind' and segment = 'handset')
    group by 1, 2

),

stocks as (

    select
        month,
        segment_kind,
        part,
        unit,
        opening_lines,
        lag(closing_lines) over (
            partition by segment_kind, part, unit order by month asc nulls last
        ) as closed_before
    from segments

),

final as (

    select
        by_kind.month,
        by_kind.segment_kind
    from by_kind
    left join by_day
        on
            by_kind.month = by_day.month
            and case when by_kind.segment_kind = 'plan_tier' then 'plan_tier' else 'total' end
            = by_day.of_kind
    where
        by_kind.opening_lines is distinct from by_day.opening_lines
        or by_kind.gross_adds is distinct from by_day.gross_adds
        or by_kind.deactivations is distinct from by_day.deactivations
        or by_kind.port_outs is distinct from by_day.port_outs
        or by_kind.closing_lines is distinct from by_day.closing_lines
        or by_kind.port_outs + by_kind.other_ends is distinct from by_kind.deactivations
        or by_kind.opening_lines + by_kind.gross_adds - by_kind.deactivations
        is distinct from by_kind.closing_lines
    union all
    select
        month,
        segment_kind
    from stocks
    where
        closed_before is not null
        and opening_lines is distinct from closed_before

)

select * from final
