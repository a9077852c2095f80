with

delivered as (
    {{ delivered_rows('incident_events') }}
),

exceptions as (
    select * from {{ ref('stg_operator__incident_events_exceptions') }}
),

accepted as (
    {{ accepted_rows('incident_events') }}
),

final as (
    select
        accepted.event_id,
        accepted.incident_id,
        {{ as_date('accepted.occurred_on') }} as occurred_on,
        {{ as_text('accepted.event_kind') }} as event_kind,
        {{ as_free_text('accepted.body') }} as body,
        {{ as_free_text('accepted.cause_code') }} as cause_code,
        {{ as_free_text('accepted.note') }} as note,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
