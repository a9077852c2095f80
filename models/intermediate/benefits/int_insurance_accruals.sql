-- Grain: one row per (insurance programme, first day of cover, month of the cover begun by the
-- as-of date): what one such cover costs in the month.
-- The premium accrues evenly by day: up to a day it is the total times the days elapsed over the
-- days of cover, rounded down; a month bears the difference to the month before. So the months add
-- up to the total, and the last day brings the last won.

with covers as (

    select * from {{ ref('int_insurance_covers') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

months_begun as (

    select
        cast(date_trunc('month', calendar.calendar_date) as date) as benefit_month,
        max(calendar.calendar_date) as known_until
    from calendar
    cross join delivery_facts
    where calendar.calendar_date <= delivery_facts.as_of_date
    group by 1

),

cover_starts as (

    select distinct
        programme_id,
        cover_from,
        expected_cover_to,
        months,
        premium_total_krw,
        cast({{ dbt.datediff('cover_from', 'expected_cover_to', 'day') }} + 1 as bigint)
            as cover_days
    from covers
    where
        cover_from is not null
        and premium_total_krw > 0

),

days_elapsed as (

    select
        cover_starts.programme_id,
        cover_starts.cover_from,
        months_begun.benefit_month,
        cover_starts.months,
        cover_starts.premium_total_krw,
        cover_starts.cover_days,
        greatest(
            cast(
                {{ dbt.datediff(
                    'cover_starts.cover_from', 'months_begun.benefit_month', 'day'
                ) }} as bigint
            ),
            0
        ) as days_before,
        least(
            cast(
                {{ dbt.datediff(
                    'cover_starts.cover_from', 'months_begun.known_until', 'day'
                ) }} + 1 as bigint
            ),
            cover_starts.cover_days
        ) as days_by_end
    from cover_starts
    inner join months_begun
        on
            cover_starts.cover_from <= months_begun.known_until
            and cover_starts.expected_cover_to >= months_begun.benefit_month

),

final as (

    select
        programme_id,
        cover_from,
        benefit_month,
        -- A month of the policy counts in the calendar month in which it begins.
        cast(
            case
                when
                    {{ dbt.datediff('cover_from', 'benefit_month', 'month') }} < months
                    then 1
                else 0
            end as bigint
        ) as insured_months,
        {{ whole_won('premium_total_krw * days_by_end', 'cover_days') }}
        - {{ whole_won('premium_total_krw * days_before', 'cover_days') }} as premium_krw,
        {{ whole_won('premium_total_krw * days_by_end', 'cover_days') }} as accrued_krw
    from days_elapsed

)

select * from final
