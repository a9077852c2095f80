-- Whatever way the lines are split, the parts of a day are the whole of that day.

with churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}

),

by_kind as (

    select
        service_date,
        segment_kind,
        sum(opening_lines) as opening_lines,
        sum(gross_adds) as gross_adds,
        sum(deactivations) as deactivations,
        sum(forced_deactivations) as forced_deactivations,
        sum(port_outs) as port_outs,
        sum(port_ins) as port_ins,
        sum(closing_lines) as closing_lines
    from churn_daily
    group by 1, 2

),

totals as (

    select
        service_date,
        opening_lines,
        gross_adds,
        deactivations,
        forced_deactivations,
        port_outs,
        port_ins,
        closing_lines
    from by_kind
    where segment_kind = 'total'

),

final as (

    select
        by_kind.service_date,
        by_kind.segment_kind
    from by_kind
    left join totals
        on by_kind.service_date = totals.service_date
    where
        by_kind.opening_lines is distinct from totals.opening_lines
        or by_kind.gross_adds is distinct from totals.gross_adds
        or by_kind.deactivations is distinct from totals.deactivations
        or by_kind.forced_deactivations is distinct from totals.forced_deactivations
        or by_kind.port_outs is distinct from totals.port_outs
        or by_kind.port_ins is distinct from totals.port_ins
        or by_kind.closing_lines is distinct from totals.closing_lines

)

select * from final
