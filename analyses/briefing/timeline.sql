with events as (

    select * from {{ ref('fct_incident_events') }}

),

incidents as (

    select * from {{ ref('dim_incidents') }}

)

select
    events.occurred_on,
    events.event_kind,
    events.body,
    events.note
from events
inner join incidents
    on events.incident_id = incidents.incident_id
where incidents.is_of_operator
order by events.occurred_on, events.event_id
