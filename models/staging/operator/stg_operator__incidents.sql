with

delivered as (
    {{ delivered_rows('incidents') }}
),

exceptions as (
    select * from {{ ref('stg_operator__incidents_exceptions') }}
),

accepted as (
    {{ accepted_rows('incidents') }}
),

final as (
    select
        accepted.incident_id,
        {{ as_text('accepted.carrier') }} as carrier,
        {{ as_free_text('accepted.kind') }} as kind,
        {{ as_date('accepted.started_on') }} as started_on,
        {{ as_date('accepted.ended_on') }} as ended_on,
        {{ as_date('accepted.detected_on') }} as detected_on,
        {{ as_date('accepted.reported_on') }} as reported_on,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
