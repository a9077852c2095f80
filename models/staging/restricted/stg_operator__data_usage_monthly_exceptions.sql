{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'data_usage_monthly'}) }}

with

delivered as (
    {{ delivered_rows('data_usage_monthly') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

resolved as (
    select
        {{ delivered_columns('data_usage_monthly', 'delivered') }}
        lines.line_id is null as is_line_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
),

checked as (
    select
        {{ delivered_columns('data_usage_monthly', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['line_id', 'usage_month']),
            'invalid_date': unreadable_dates(['usage_month'])
                + ['day(' ~ as_date('usage_month') ~ ') <> 1'],
            'impossible_date': not_yet_happened(['usage_month']),
            'negative_amount': negative(['granted_gb', 'used_gb']),
            'invalid_amount': unreadable_numbers(['granted_gb', 'used_gb'])
                + absent(['granted_gb', 'used_gb']),
            'orphan_line': ['is_line_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('data_usage_monthly') }}

select * from final
