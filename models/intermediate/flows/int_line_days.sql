-- Grain: one row per observed day.
-- Is it known what changed on the day? A processing day is missing if the delivery that should have
-- held it did not come or has no file of lines, and no other delivery brought a change of the day;
-- so is every day after the newest delivery.

with days_covered as (

    select * from {{ ref('int_days_covered') }}

),

lines_changed as (

    select * from {{ ref('int_lines_changed_daily') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

days_with_changes as (

    select distinct changed_on
    from lines_changed

),

final as (

    select
        days_covered.service_date,
        days_with_changes.changed_on is null
        and not days_covered.has_line_file
        and (
            days_covered.is_processing_day
            or days_covered.service_date > delivery_facts.newest_batch_on
        ) as is_feed_missing
    from days_covered
    cross join delivery_facts
    left join days_with_changes
        on days_covered.service_date = days_with_changes.changed_on
    where days_covered.is_observed

)

select * from final
