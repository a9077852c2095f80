with

delivered as (
    {{ delivered_rows('access_attempts_daily') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

access_points as (
    select * from {{ ref('stg_operator__access_points') }}
),

resolved as (
    select
        {{ delivered_columns('access_attempts_daily', 'delivered') }}
        access_points.access_point_id is null as is_access_point_unknown
    from delivered
    left join access_points on delivered.access_point_id = access_points.access_point_id
),

checked as (
    select
        {{ delivered_columns('access_attempts_daily', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['attempt_date', 'access_point_id', 'business_domain']),
            'invalid_date': unreadable_dates(['attempt_date']),
            'impossible_date': not_yet_happened(['attempt_date']),
            'negative_amount': negative(['attempts', 'verified_attempts', 'monitored_attempts']),
            'invalid_amount': unreadable_numbers(
                ['attempts', 'verified_attempts', 'monitored_attempts']
            ) + absent(['attempts', 'verified_attempts', 'monitored_attempts']),
            'unknown_code': not_in_code_list({'business_domain': 'business_domain'}),
            'orphan_parent': ['is_access_point_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('access_attempts_daily') }}

select * from final
