{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'micropayments'}) }}

with

delivered as (
    {{ delivered_rows('micropayments') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

access_points as (
    select * from {{ ref('stg_operator__access_points') }}
),

resolved as (
    select
        {{ delivered_columns('micropayments', 'delivered') }}
        lines.line_id is null as is_line_unknown,
        delivered.access_point_id <> ''
        and access_points.access_point_id is null as is_access_point_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
    left join access_points on delivered.access_point_id = access_points.access_point_id
),

checked as (
    select
        {{ delivered_columns('micropayments', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['payment_id', 'line_id']),
            'invalid_timestamp': unreadable_timestamps(['paid_at']) + absent(['paid_at']),
            'impossible_date': not_yet_happened(['paid_at']),
            'negative_amount': negative(['amount_krw']),
            'invalid_amount': unreadable_numbers(['amount_krw']) + absent(['amount_krw']),
            'unknown_code': not_in_code_list({'channel': 'payment_channel'}) + absent(['channel']),
            'orphan_line': ['is_line_unknown'],
            'orphan_parent': ['is_access_point_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('micropayments') }}

select * from final
