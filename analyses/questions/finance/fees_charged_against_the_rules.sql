select
    finding,
    contract_kind,
    count(*) as fees,
    cast(sum(charged_krw) as bigint) as charged_krw,
    cast(sum(recomputed_krw) as bigint) as recomputed_krw,
    cast(sum(difference_krw) as bigint) as difference_krw
from {{ ref('fct_termination_fees') }}
group by finding, contract_kind
order by finding, contract_kind
