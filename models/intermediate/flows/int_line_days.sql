-- Grain: one row per observed day.
-- Is it known what changed on the day? A processing day is missing if the delivery that should have
-- held it did not come or has no file of lines, and no other delivery brought a change of the day.

with days_covered as (

    select * from {{ ref('int_days_covered') }}

),

lines_changed as (

    select * from {{ ref('int_lines_changed_daily') }}

),

days_with_changes as (

    select distinct changed_on
    from lines_changed

),

final as (

    select
        days_covered.service_date,
        days_covered.is_processing_day
        and not days_covered.has_line_file
        and days_with_changes.changed_on is null as is_feed_missing
    from days_covered
    left join days_with_changes
        on days_covered.service_date = days_with_changes.changed_on
    where days_covered.is_observed

)

select * from final
