select
    line_order,
    cost_line_name,
    cost_group,
    is_total,
    is_in_total_cost,
    krw,
    low_krw,
    high_krw,
    usd
from {{ ref('rpt_incident_cost') }}
order by incident_id, line_order
