-- Grain: one row per (port_id, known_from), an earlier version of a port request.

{{ config(materialized='view') }}

with

delivered as (
    {{ delivered_rows('port_requests') }}
),

exceptions as (
    select * from {{ ref('stg_operator__port_requests_exceptions') }}
),

superseded as (
    {{ superseded_rows('port_requests') }}
),

final as (
    select
        port_id,
        {{ as_date('processed_on') }} as processed_on,
        {{ as_text('status') }} as status,
        delivered_on as known_from
    from superseded
)

select * from final
