select
    programme_id,
    state,
    is_due,
    cast(sum(customers) as bigint) as customers
from {{ ref('rpt_insurance_completeness') }}
group by programme_id, state, is_due
order by programme_id asc, is_due desc, state asc
