{{ config(materialized='keyed', unique_key='line_key') }}

with

delivered as (
    {{ delivered_rows('data_usage_monthly') }}
),

exceptions as (
    select * from {{ ref('stg_operator__data_usage_monthly_exceptions') }}
    {{ in_scope('natural_id', 'data_usage_monthly') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('data_usage_monthly') }}
),

final as (
    select
        lines.line_key,
        {{ as_date('accepted.usage_month') }} as usage_month,
        {{ as_whole_number('accepted.granted_gb') }} as granted_gb,
        {{ as_whole_number('accepted.used_gb') }} as used_gb,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
