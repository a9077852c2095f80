select
    policy_id,
    reason_code,
    count(*) as lines,
    cast(sum(case when claim_status <> 'not_claimed' then 1 else 0 end) as bigint)
        as lines_with_a_claim
from {{ ref('fct_waiver_decisions') }}
where is_current and not is_eligible
group by policy_id, reason_code
order by policy_id asc, lines desc, reason_code asc
