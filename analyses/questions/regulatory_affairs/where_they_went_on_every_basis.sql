select
    period_from,
    period_to,
    basis,
    recipient,
    ports,
    total_ports,
    share
from {{ ref('rpt_port_share') }}
where period_kind = 'policy_window'
order by period_from asc, period_to asc, basis asc, ports desc, recipient asc
