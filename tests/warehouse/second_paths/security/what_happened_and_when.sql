-- The day of the report from the events themselves.
select
    incident_id,
    occurred_on,
    max(if(event_kind = 'reported', occurred_on, null)) over (partition by incident_id) as reported_on
from incident.fct_incident_events
