select
    policy_id,
    policy_version,
    is_current,
    count(*) as terminated_lines,
    cast(sum(case when is_eligible then 1 else 0 end) as bigint) as eligible_lines,
    cast(sum(case when is_eligible then covered_krw else 0 end) as bigint) as covered_krw
from {{ ref('fct_waiver_decisions') }}
group by policy_id, policy_version, is_current
order by policy_id, policy_version
