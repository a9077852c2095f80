select
    incident_id,
    element,
    count(distinct line_key) as lines,
    count(distinct access_point_id) as access_points,
    min(first_seen_on) as first_seen_on,
    max(confirmed_on) as last_confirmed_on
from {{ ref('fct_identifier_exposures') }}
group by incident_id, element
order by incident_id, element
