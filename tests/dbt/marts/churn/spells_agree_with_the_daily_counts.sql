-- Counting spells gives the same additions and endings on every day as the daily report, and the
-- same stock at its end. The two are built from lines in different ways.

with line_spells as (

    select * from {{ ref('fct_line_spells') }}

),

churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}
    where segment_kind = 'total'

),

last_day as (

    select
        min(service_date) as first_date,
        max(service_date) as service_date
    from churn_daily

),

changes as (

    select line_spells.started_on as service_date, count(*) as starts, 0 as ends
    from line_spells
    inner join last_day
        on line_spells.started_on >= last_day.first_date
    group by line_spells.started_on
    union all
    select line_spells.ended_on as service_date, 0 as starts, count(*) as ends
    from line_spells
    inner join last_day
        on line_spells.ended_on >= last_day.first_date
    group by line_spells.ended_on

),

changes_by_day as (

    select
        service_date,
        sum(starts) as starts,
        sum(ends) as ends
    from changes
    group by service_date

),

stock as (

    select count(*) as lines_in_service
    from line_spells
    where ended_on is null

),

days_that_differ as (

    select
        churn_daily.service_date,
        churn_daily.gross_adds - coalesce(changes_by_day.starts, 0) as difference
    from churn_daily
    left join changes_by_day
        on churn_daily.service_date = changes_by_day.service_date
    where
        churn_daily.gross_adds <> coalesce(changes_by_day.starts, 0)
        or churn_daily.deactivations <> coalesce(changes_by_day.ends, 0)

),

stocks_that_differ as (

    select
        churn_daily.service_date,
        churn_daily.closing_lines - stock.lines_in_service as difference
    from churn_daily
    inner join last_day
        on churn_daily.service_date = last_day.service_date
    cross join stock
    where churn_daily.closing_lines <> stock.lines_in_service

),

final as (

    select service_date, difference from days_that_differ
    union all
    select service_date, difference from stocks_that_differ

)

select * from final
