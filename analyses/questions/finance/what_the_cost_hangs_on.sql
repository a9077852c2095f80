select
    swing_rank,
    driver_id,
    programme_id,
    parameter,
    unit,
    low_value,
    base_value,
    high_value,
    total_low_krw,
    total_high_krw,
    swing_krw
from {{ ref('rpt_cost_sensitivity') }}
where swing_krw > 0
order by incident_id, swing_rank
