-- Grain: one row per event of an incident.

with incident_events as (

    select * from {{ ref('stg_operator__incident_events') }}

),

final as (

    select
        cast(event_id as string) as event_id,
        cast(incident_id as string) as incident_id,
        cast(occurred_on as date) as occurred_on,
        cast(event_kind as string) as event_kind,
        cast(body as string) as body,
        cast(cause_code as string) as cause_code,
        cast(note as string) as note,
        cast(loaded_on as date) as known_from
    from incident_events

)

select * from final
