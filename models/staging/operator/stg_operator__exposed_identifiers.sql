{{ config(materialized='keyed', unique_key='line_key') }}

with

delivered as (
    {{ delivered_rows('exposed_identifiers') }}
),

exceptions as (
    select * from {{ ref('stg_operator__exposed_identifiers_exceptions') }}
    {{ in_scope('natural_id', 'exposed_identifiers') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('exposed_identifiers') }}
),

final as (
    select
        accepted.incident_id,
        lines.line_key,
        accepted.element,
        {{ as_text('accepted.access_point_id') }} as access_point_id,
        {{ as_date('accepted.first_seen_on') }} as first_seen_on,
        {{ as_date('accepted.confirmed_on') }} as confirmed_on,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
