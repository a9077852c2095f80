-- The lag from the two days.
select
    direction,
    left_carrier,
    is_after_incident_of_left_carrier,
    count(distinct (line_key, spell_number, returned_on)) as returns,
    min(date_diff('day', left_on, returned_on)) as shortest_lag_days,
    max(date_diff('day', left_on, returned_on)) as longest_lag_days
from churn.fct_returners
group by all
