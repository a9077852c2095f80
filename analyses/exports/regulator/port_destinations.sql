select
    month,
    recipient,
    is_suppressed,
    port_outs
from {{ ref('rpt_port_destinations_monthly') }}
