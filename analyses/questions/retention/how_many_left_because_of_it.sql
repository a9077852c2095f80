select
    incident_id,
    phase,
    recipient,
    first_on,
    last_on,
    actual,
    expected,
    excess_lines,
    excess_lines_low,
    excess_lines_high
from {{ ref('rpt_excess_churn') }}
where is_headline
order by incident_id, phase, recipient
