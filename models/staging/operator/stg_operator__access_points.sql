with

delivered as (
    {{ delivered_rows('access_points') }}
),

exceptions as (
    select * from {{ ref('stg_operator__access_points_exceptions') }}
),

accepted as (
    {{ accepted_rows('access_points') }}
),

final as (
    select
        accepted.access_point_id,
        {{ as_text('accepted.kind') }} as kind,
        {{ as_boolean('accepted.is_registered') }} as is_registered,
        {{ as_free_text('accepted.certificate_status') }} as certificate_status,
        {{ as_code('accepted.region_code') }} as region_code,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
