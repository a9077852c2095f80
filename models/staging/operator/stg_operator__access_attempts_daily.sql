with

delivered as (
    {{ delivered_rows('access_attempts_daily') }}
),

exceptions as (
    select * from {{ ref('stg_operator__access_attempts_daily_exceptions') }}
),

accepted as (
    {{ accepted_rows('access_attempts_daily') }}
),

final as (
    select
        {{ as_date('accepted.attempt_date') }} as attempt_date,
        accepted.access_point_id,
        accepted.business_domain,
        {{ as_whole_number('accepted.attempts') }} as attempts,
        {{ as_whole_number('accepted.verified_attempts') }} as verified_attempts,
        {{ as_whole_number('accepted.monitored_attempts') }} as monitored_attempts,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
