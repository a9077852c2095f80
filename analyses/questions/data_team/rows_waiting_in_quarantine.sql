select
    reason_code,
    owner,
    cast(sum(held_rows) as bigint) as held_rows,
    cast(sum(held_krw) as bigint) as held_krw,
    cast(sum(overdue_rows) as bigint) as overdue_rows,
    min(oldest_on) as oldest_on
from {{ ref('rpt_quarantine_ageing') }}
group by reason_code, owner
order by overdue_rows desc, held_rows desc, reason_code asc
