select
    direction,
    left_carrier,
    is_after_incident_of_left_carrier,
    count(*) as returns,
    min(lag_days) as shortest_lag_days,
    max(lag_days) as longest_lag_days
from {{ ref('fct_returners') }}
group by direction, left_carrier, is_after_incident_of_left_carrier
order by direction asc, returns desc, left_carrier asc, is_after_incident_of_left_carrier asc
