-- Grain: one row per (month, segment_kind, segment).
-- May be handed out: complete months, no count below the smallest that may be shown, and none that
-- could be subtracted from what is shown. Withheld figures are empty, never 0; is_suppressed and
-- is_port_outs_suppressed say so. Kinds overlap and are never added.

with segments as (

    select * from {{ ref('fct_churn_segments_monthly') }}

),

withheld as (

    select * from {{ ref('fct_segments_withheld') }}

),

shown as (

    select
        segments.month,
        segments.segment_kind,
        case
            when segments.part = 'all' then segments.unit
            else segments.part || '_' || segments.unit
        end as segment,
        coalesce(withheld.is_suppressed, false) as is_suppressed,
        withheld.unit is not null as is_port_outs_suppressed,
        case when not coalesce(withheld.is_suppressed, false) then segments.opening_lines end
            as opening_lines,
        case when not coalesce(withheld.is_suppressed, false) then segments.gross_adds end
            as gross_adds,
        case when not coalesce(withheld.is_suppressed, false) then segments.deactivations end
            as deactivations,
        case when not coalesce(withheld.is_suppressed, false) then segments.closing_lines end
            as closing_lines,
        case when withheld.unit is null then segments.port_outs end as port_outs
    from segments
    left join withheld
        on
            segments.segment_kind = withheld.segment_kind
            and segments.unit = withheld.unit
    where segments.is_complete

),

final as (

    select
        cast(month as date) as month,
        cast(segment_kind as string) as segment_kind,
        cast(segment as string) as segment,
        cast(is_suppressed as boolean) as is_suppressed,
        cast(is_port_outs_suppressed as boolean) as is_port_outs_suppressed,
        cast(opening_lines as bigint) as opening_lines,
        cast(gross_adds as bigint) as gross_adds,
        cast(deactivations as bigint) as deactivations,
        cast(closing_lines as bigint) as closing_lines,
        cast((opening_lines + closing_lines) / 2.0 as decimal(18, 1)) as average_lines,
        cast(
            round(
                cast(deactivations as double) / nullif((opening_lines + closing_lines) / 2.0, 0), 8
            ) as decimal(12, 8)
        ) as churn_rate,
        cast(port_outs as bigint) as port_outs,
        cast(
            round(
                cast(port_outs as double) / nullif((opening_lines + closing_lines) / 2.0, 0), 8
            ) as decimal(12, 8)
        ) as port_out_rate
    from shown

)

select * from final
