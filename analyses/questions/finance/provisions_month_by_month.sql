select
    programme_id,
    cost_month,
    opening_krw,
    additions_krw + reestimates_krw - reversed_krw as provided_krw,
    used_krw,
    closing_krw
from {{ ref('rpt_provision_rollforward') }}
order by programme_id, cost_month
