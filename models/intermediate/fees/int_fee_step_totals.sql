-- Grain: one row per (step table, months elapsed).
-- A step table gives a rate for each month; what is owed after m months is the sum over months
-- 1..m.

with steps as (

    select * from {{ ref('ref_fee_steps') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

-- Whole numbers from 0, as many as the longest step table has months; the calendar is only the
-- longest list at hand.
numbers as (

    select
        cast(row_number() over (order by calendar_date asc nulls last) - 1 as bigint)
            as months_elapsed
    from calendar

),

table_lengths as (

    select step_table_id, max(to_month) as last_month
    from steps
    group by 1

),

final as (

    select
        table_lengths.step_table_id,
        numbers.months_elapsed,
        cast(
            coalesce(
                sum(
                    steps.rate_percent
                    * (least(steps.to_month, numbers.months_elapsed) - steps.from_month + 1)
                ),
                0
            ) as bigint
        ) as cumulative_percent
    from table_lengths
    inner join numbers
        on table_lengths.last_month >= numbers.months_elapsed
    left join steps
        on
            table_lengths.step_table_id = steps.step_table_id
            and numbers.months_elapsed >= steps.from_month
    group by 1, 2

)

select * from final
