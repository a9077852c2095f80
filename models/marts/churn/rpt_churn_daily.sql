-- Grain: one row per (service_date, segment_kind, segment).
-- The segments of one kind add up to the total; kinds overlap and are never added. Flows add up
-- over days, stocks do not. A line stands in the segment of its newest version on all its days. A
-- day that was not delivered has is_feed_missing: its zeros are not known to be any.

with lines_changed as (

    select * from {{ ref('int_lines_changed_daily') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

line_days as (

    select * from {{ ref('int_line_days') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

changes_by_class as (

    select
        changed_on,
        line_kind,
        network_brand,
        case when is_own_brand then 'own_brand' else 'hosted_brand' end as brand_class,
        gross_adds,
        port_ins,
        deactivations,
        forced_deactivations,
        port_outs
    from lines_changed

),

segment_kinds as (

    select 'total' as segment_kind
    union all
    select 'line_kind' as segment_kind
    union all
    select 'network_brand' as segment_kind
    union all
    select 'brand_class' as segment_kind
    union all
    select 'brand_class_and_line_kind' as segment_kind

),

segment_changes as (

    select
        changes_by_class.changed_on,
        segment_kinds.segment_kind,
        case segment_kinds.segment_kind
            when 'total' then 'total'
            when 'line_kind' then changes_by_class.line_kind
            when 'network_brand' then changes_by_class.network_brand
            when 'brand_class' then changes_by_class.brand_class
            else changes_by_class.brand_class || '_' || changes_by_class.line_kind
        end as segment,
        sum(changes_by_class.gross_adds) as gross_adds,
        sum(changes_by_class.port_ins) as port_ins,
        sum(changes_by_class.deactivations) as deactivations,
        sum(changes_by_class.forced_deactivations) as forced_deactivations,
        sum(changes_by_class.port_outs) as port_outs
    from changes_by_class
    cross join segment_kinds
    group by 1, 2, 3

),

segments as (

    select distinct
        segment_kind,
        segment
    from segment_changes

),

-- The day of the opening delivery carries the stock and is dropped again at the end.
days as (

    select calendar.calendar_date as service_date
    from calendar
    inner join delivery_facts
        on calendar.calendar_date between delivery_facts.opening_on and delivery_facts.as_of_date

),

running as (

    select
        days.service_date,
        segments.segment_kind,
        segments.segment,
        coalesce(segment_changes.gross_adds, 0) as gross_adds,
        coalesce(segment_changes.port_ins, 0) as port_ins,
        coalesce(segment_changes.deactivations, 0) as deactivations,
        coalesce(segment_changes.forced_deactivations, 0) as forced_deactivations,
        coalesce(segment_changes.port_outs, 0) as port_outs,
        sum(
            coalesce(segment_changes.gross_adds, 0) - coalesce(segment_changes.deactivations, 0)
        ) over (
            partition by segments.segment_kind, segments.segment
            order by days.service_date asc nulls last
            rows between unbounded preceding and current row
        ) as closing_lines
    from days
    cross join segments
    left join segment_changes
        on
            days.service_date = segment_changes.changed_on
            and segments.segment_kind = segment_changes.segment_kind
            and segments.segment = segment_changes.segment

),

final as (

    select
        cast(running.service_date as date) as service_date,
        cast(running.segment_kind as string) as segment_kind,
        cast(running.segment as string) as segment,
        cast(running.closing_lines - running.gross_adds + running.deactivations as bigint)
            as opening_lines,
        cast(running.gross_adds as bigint) as gross_adds,
        cast(running.deactivations as bigint) as deactivations,
        cast(running.forced_deactivations as bigint) as forced_deactivations,
        cast(running.port_outs as bigint) as port_outs,
        cast(running.port_ins as bigint) as port_ins,
        cast(running.closing_lines as bigint) as closing_lines,
        cast(line_days.is_feed_missing as boolean) as is_feed_missing
    from running
    inner join line_days
        on running.service_date = line_days.service_date

)

select * from final
