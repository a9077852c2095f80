with

delivered as (
    {{ delivered_rows('access_points') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

checked as (
    select
        {{ delivered_columns('access_points', 'delivered') }}
        {{ first_reason({
            'missing_key': absent(['access_point_id']),
            'unknown_code': not_in_code_list({'kind': 'access_point_kind'})
                + absent(['kind', 'is_registered'])
                + unreadable_booleans(['is_registered']),
        }) }} as reason_code
    from delivered
),

{{ row_exceptions('access_points') }}

select * from final
