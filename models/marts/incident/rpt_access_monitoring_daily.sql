-- Grain: one row per (attempt_date, business_domain, access_point_id).
-- Attempts are additive; shares are not. A day without a feed that was expected has a row with
-- is_feed_missing and no figures: missing is not zero.

with access_attempts as (

    select * from {{ ref('stg_operator__access_attempts_daily') }}

),

access_points as (

    select * from {{ ref('stg_operator__access_points') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- A registered access point that has reported a domain once is expected to report it every day.
feeds as (

    select
        access_attempts.access_point_id,
        access_attempts.business_domain,
        min(access_attempts.attempt_date) as reports_from
    from access_attempts
    inner join access_points
        on
            access_attempts.access_point_id = access_points.access_point_id
            and access_points.is_registered
    group by 1, 2

),

expected as (

    select
        calendar.calendar_date as attempt_date,
        feeds.access_point_id,
        feeds.business_domain
    from feeds
    cross join delivery_facts
    inner join calendar
        on calendar.calendar_date between feeds.reports_from and delivery_facts.as_of_date

),

final as (

    select
        cast(coalesce(expected.attempt_date, access_attempts.attempt_date) as date)
            as attempt_date,
        cast(coalesce(expected.business_domain, access_attempts.business_domain) as string)
            as business_domain,
        cast(coalesce(expected.access_point_id, access_attempts.access_point_id) as string)
            as access_point_id,
        cast(access_points.kind as string) as access_point_kind,
        cast(access_points.is_registered as boolean) as is_registered,
        cast(access_attempts.attempt_date is null as boolean) as is_feed_missing,
        cast(access_attempts.attempts as bigint) as attempts,
        cast(access_attempts.verified_attempts as bigint) as verified_attempts,
        cast(access_attempts.monitored_attempts as bigint) as monitored_attempts,
        cast(
            round(
                cast(access_attempts.verified_attempts as double)
                / nullif(access_attempts.attempts, 0), 6
            ) as decimal(9, 6)
        ) as verified_share,
        cast(
            round(
                cast(access_attempts.monitored_attempts as double)
                / nullif(access_attempts.attempts, 0), 6
            ) as decimal(9, 6)
        ) as monitored_share
    from expected
    full outer join access_attempts
        on
            expected.attempt_date = access_attempts.attempt_date
            and expected.access_point_id = access_attempts.access_point_id
            and expected.business_domain = access_attempts.business_domain
    left join access_points
        on
            coalesce(expected.access_point_id, access_attempts.access_point_id)
            = access_points.access_point_id

)

select * from final
