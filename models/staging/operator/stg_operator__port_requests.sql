{{ config(materialized='keyed', unique_key='port_id', meta={'entity': 'port_requests'}) }}

with

delivered as (
    {{ delivered_rows('port_requests') }}
),

exceptions as (
    select * from {{ ref('stg_operator__port_requests_exceptions') }}
    {{ in_scope('natural_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('port_requests') }}
),

final as (
    select
        accepted.port_id,
        lines.line_key,
        {{ as_text('accepted.donor_carrier') }} as donor_carrier,
        {{ as_text('accepted.recipient_carrier') }} as recipient_carrier,
        {{ as_timestamp('accepted.requested_at') }} as requested_at,
        {{ as_date('accepted.processed_on') }} as processed_on,
        {{ as_text('accepted.status') }} as status,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
