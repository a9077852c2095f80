select
    line_key,
    charged_krw,
    collected_krw,
    payable_krw,
    paid_krw,
    outstanding_krw
from {{ ref('fct_refund_positions') }}
where outstanding_krw > 0
order by outstanding_krw desc, line_key asc
limit 100
