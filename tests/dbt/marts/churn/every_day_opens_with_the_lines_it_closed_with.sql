-- Lines in service at the start of a day are those at the end of the day before, and a day closes
-- with what it opened with, plus what came, less what ended.

with churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}

),

with_day_before as (

    select
        service_date,
        segment_kind,
        segment,
        opening_lines,
        gross_adds,
        deactivations,
        closing_lines,
        lag(closing_lines) over (
            partition by segment_kind, segment
            order by service_date asc nulls last
        ) as closing_lines_before
    from churn_daily

),

final as (

    select
        service_date,
        segment_kind,
        segment,
        opening_lines,
        closing_lines_before,
        closing_lines
    from with_day_before
    where
        opening_lines <> coalesce(closing_lines_before, opening_lines)
        or closing_lines <> opening_lines + gross_adds - deactivations
        or closing_lines < 0

)

select * from final
