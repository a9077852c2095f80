with events as (

    select * from {{ ref('fct_incident_events') }}

),

incidents as (

    select * from {{ ref('dim_incidents') }}

)

select
    events.incident_id,
    events.occurred_on,
    events.known_from,
    incidents.reported_on,
    events.event_kind,
    events.body,
    events.cause_code,
    events.note
from events
inner join incidents
    on events.incident_id = incidents.incident_id
order by events.occurred_on, events.event_id
